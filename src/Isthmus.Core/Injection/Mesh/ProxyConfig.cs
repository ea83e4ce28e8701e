using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>The proxy configuration that holds for a pod. Immutable; templates read it as <c>.ProxyConfig</c>.</summary>
public sealed class ProxyConfig : IGoObject
{
    /// <summary>Fields that protoToJSON leaves out where they are as istiod's default has them.</summary>
    private static readonly string[] LeftOutIfDefault =
    [
        "configPath", "binaryPath", "controlPlaneAuthPolicy", "serviceCluster", "drainDuration", "terminationDrainDuration", "discoveryAddress",
        "envoyMetricsService", "envoyAccessLogService", "tracing", "proxyAdminPort", "statNameLength", "statusPort", "concurrency",
    ];

    private readonly ProtoMessage _message;
    private readonly Lazy<string> _protoJson;

    internal ProxyConfig(ProtoMessage message, ProtoMessage defaults)
    {
        _message = message;
        _protoJson = new Lazy<string>(() => Text(message, defaults));
    }

    /// <summary>REDIRECT, TPROXY or NONE.</summary>
    public string InterceptionMode => _message.EnumName("interceptionMode");

    /// <summary>Type of the proxy's image (distroless, debug, default); null where it is not said.</summary>
    public string? ImageType => _message.Message("image")?.Text("imageType") is { Length: > 0 } type ? type : null;

    /// <summary>Environment of the proxy, by name.</summary>
    public IReadOnlyDictionary<string, string> ProxyMetadata => _message.TextMap("proxyMetadata");

    /// <summary>Envoy's worker threads; 0 asks for as many as there are CPUs, null where it is not said.</summary>
    public long? Concurrency => _message[_message.Type["concurrency"]] is ProtoWrapper { Value: long threads } ? threads : null;

    /// <summary>Port on which the agent answers for the proxy.</summary>
    public long StatusPort => _message.Integer("statusPort");

    string IGoObject.GoType => _message.GoType;

    /// <summary>What the template function protoToJSON gives: compact proto JSON without what is as by default.</summary>
    public string ToProtoJson() => _protoJson.Value;

    /// <inheritdoc/>
    public bool TryGetField(string name, out object? value) => _message.TryGetField(name, out value);

    /// <inheritdoc/>
    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result) => _message.TryCallMethod(name, args, out result);

    private static string Text(ProtoMessage message, ProtoMessage defaults)
    {
        var json = ProtoJson.Write(message);
        var usual = ProtoJson.Write(defaults);
        foreach (string field in LeftOutIfDefault)
        {
            if (JsonNode.DeepEquals(json[field], usual[field]))
                json.Remove(field);
        }
        return GoJson.Write(json, sortKeys: false);
    }
}
