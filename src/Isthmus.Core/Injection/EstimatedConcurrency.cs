using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection.Mesh;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Injection;

/// <summary>
/// Envoy's worker threads, as templates before Istio 1.20 ask for them: two, unless the proxy config says how many; where it says 0, as many
/// as the sidecar may use CPUs.
/// </summary>
internal static class EstimatedConcurrency
{
    private const long Default = 2;

    public static long Of(InjectionSettings settings, ProxyConfig proxyConfig, IReadOnlyDictionary<string, string> annotations)
    {
        if (proxyConfig.Concurrency is not { } configured) return Default;
        if (configured > 0) return configured;
        if (annotations.TryGetValue("sidecar.istio.io/proxyCPULimit", out var limit)) return Cpus(limit) ?? Default;
        if (annotations.TryGetValue("sidecar.istio.io/proxyCPU", out var request)) return Cpus(request) ?? Default;
        var resources = settings.Values.Object("global").Object("proxy").Object("resources");
        return Cpus(Amount(resources.Object("limits"))) ?? Cpus(Amount(resources.Object("requests"))) ?? Default;
    }

    private static string? Amount(JsonObject? amounts)
    {
        JsonNode? cpu = null;
        amounts?.TryGetPropertyValue("cpu", out cpu);
        return cpu.AsText() ?? (cpu?.GetValueKind() == JsonValueKind.Number ? cpu.ToJsonString() : null);
    }

    /// <summary>Whole CPUs, rounded up.</summary>
    private static long? Cpus(string? quantity) =>
        Quantity.TryParse(quantity, out var amount) && amount.Value <= int.MaxValue && amount.Value >= BigInteger.Zero ? (long)amount.Value : null;
}
