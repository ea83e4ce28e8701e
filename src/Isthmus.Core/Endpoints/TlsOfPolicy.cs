using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;

namespace Isthmus.Core.Endpoints;

/// <summary>The TLS settings of one trafficPolicy: true for ISTIO_MUTUAL, false for any other mode, null where there are none.</summary>
internal sealed record TlsOfPolicy(bool? Mutual, ImmutableDictionary<int, bool> Ports)
{
    public bool? IsMutual(int servicePort) => Ports.TryGetValue(servicePort, out var mutual) ? mutual : Mutual;

    public static TlsOfPolicy Read(JsonObject? policy)
    {
        var ports = ImmutableDictionary.CreateBuilder<int, bool>();
        foreach (var setting in policy.List("portLevelSettings").Objects())
            if (setting.Object("port").Number("number") is { } port and > 0 and <= 65535 && setting.Object("tls") is { } tls) ports.TryAdd((int)port, ModeIsMutual(tls));
        return new TlsOfPolicy(policy.Object("tls") is { } all ? ModeIsMutual(all) : null, ports.ToImmutable());
    }

    // A mode that is not written is DISABLE.
    private static bool ModeIsMutual(JsonObject tls) => tls.Text("mode") == "ISTIO_MUTUAL";
}
