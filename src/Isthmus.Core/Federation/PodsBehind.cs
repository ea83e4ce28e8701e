using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Federation;

/// <summary>The pods that stand behind Services: those that a selector picks, or, where there is none, those that EndpointSlices name.</summary>
public sealed class PodsBehind(IEnumerable<JsonObject> pods)
{
    internal const string PodNameLabel = "statefulset.kubernetes.io/pod-name";

    private readonly ILookup<string, JsonObject> _byNamespace = pods.ToLookup(pod => pod.NamespaceName() ?? "");

    public static IReadOnlyDictionary<string, string> Selector(JsonObject service) =>
        ObjectMetadata.Strings((service["spec"] as JsonObject)?["selector"] as JsonObject);

    /// <summary>Kubernetes' rule: an endpoint whose readiness nobody states is ready.</summary>
    public static bool IsReady(JsonObject endpoint) =>
        (endpoint["conditions"] as JsonObject)?["ready"] is not JsonValue value || !value.TryGetValue<bool>(out var ready) || ready;

    /// <summary>The service accounts that they run under.</summary>
    public ImmutableSortedSet<string> Accounts(JsonObject service, IEnumerable<JsonObject> slices)
    {
        var selector = Selector(service);
        var named = selector.Count > 0
            ? []
            : slices.SelectMany(slice => (slice["endpoints"] as JsonArray ?? []).OfType<JsonObject>()).Select(PodOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return _byNamespace[service.NamespaceName() ?? ""]
            .Where(pod => IsAlive(pod) && (selector.Count > 0 ? IsSelected(pod, selector) : named.Contains(pod.Name())))
            .Select(Account)
            .ToImmutableSortedSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// The pods that Kubernetes' own DNS gives names below the service's: their endpoints are ready (which publishNotReadyAddresses
    /// makes all of them) and have a hostname. Unnamed are those among them that a gateway cannot tell apart.
    /// </summary>
    internal (ImmutableArray<ExportedPod> Named, ImmutableArray<string> Unnamed) Named(string ns, IEnumerable<JsonObject> slices)
    {
        var hosts = slices.SelectMany(slice => (slice["endpoints"] as JsonArray ?? []).OfType<JsonObject>())
            .Where(endpoint => IsReady(endpoint) && ObjectMetadata.TextOf(endpoint["hostname"]) is { Length: > 0 } host && host == PodOf(endpoint))
            .Select(PodOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var found = _byNamespace[ns].Where(pod => hosts.Contains(pod.Name())).ToLookup(pod => pod.Label(PodNameLabel) == pod.Name());
        return (
            [.. found[true].Select(pod => new ExportedPod(pod.Name(), Account(pod))).Distinct().Order()],
            [.. found[false].Select(pod => pod.Name()).Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>The pod that an endpoint is; null where it is none.</summary>
    public static string? PodOf(JsonObject endpoint) =>
        endpoint["targetRef"] is JsonObject target && ObjectMetadata.TextOf(target["kind"]) is null or "Pod"
            ? ObjectMetadata.TextOf(target["name"]) : null;

    private static string Account(JsonObject pod) => ObjectMetadata.TextOf((pod["spec"] as JsonObject)?["serviceAccountName"]) ?? "default";

    private static bool IsAlive(JsonObject pod) => ObjectMetadata.TextOf((pod["status"] as JsonObject)?["phase"]) is not ("Succeeded" or "Failed");

    private static bool IsSelected(JsonObject pod, IReadOnlyDictionary<string, string> selector)
    {
        foreach (var (key, value) in selector)
        {
            if (pod.Label(key) != value)
                return false;
        }

        return true;
    }
}
