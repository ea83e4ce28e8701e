using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;

namespace Isthmus.Core.Endpoints;

/// <summary>One PeerAuthentication, as far as rule 7 reads it.</summary>
internal sealed class PeerPolicy
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>The time of creation, as the API server writes it; the oldest of one level counts.</summary>
    public required string Created { get; init; }

    public required ImmutableArray<KeyValuePair<string, string>> Selector { get; init; }

    public required MtlsMode Mode { get; init; }

    public required ImmutableDictionary<int, MtlsMode> Ports { get; init; }

    public bool Selects(MeshEndpoint endpoint) => LabelMatch.Includes(endpoint.Labels, Selector);

    public static PeerPolicy Read(JsonObject policy)
    {
        var metadata = policy.Object("metadata");
        var spec = policy.Object("spec");
        var ports = ImmutableDictionary.CreateBuilder<int, MtlsMode>();
        foreach (var (port, setting) in spec.Object("portLevelMtls") ?? [])
            if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) ports[number] = ModeOf(setting as JsonObject);
        return new PeerPolicy
        {
            Namespace = metadata.Text("namespace") ?? "",
            Name = metadata.Text("name") ?? "",
            Created = metadata.Text("creationTimestamp") ?? "",
            Selector = [.. spec.Object("selector").StringMap("matchLabels")],
            Mode = ModeOf(spec.Object("mtls")),
            Ports = ports.ToImmutable(),
        };
    }

    private static MtlsMode ModeOf(JsonObject? setting) => setting.Text("mode") switch
    {
        "DISABLE" => MtlsMode.Disable,
        "PERMISSIVE" => MtlsMode.Permissive,
        "STRICT" => MtlsMode.Strict,
        _ => MtlsMode.Unset,
    };
}
