using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Endpoints;

/// <summary>The proxy of a pod, as it would introduce itself: from the settings of its container <c>istio-proxy</c>.</summary>
public static class PodProxy
{
    private const string Container = "istio-proxy";

    /// <summary>Null where the pod has no proxy.</summary>
    public static EndpointProxy? Read(JsonObject pod, IReadOnlyList<JsonObject> nodes, string cluster)
    {
        var spec = pod.Object("spec");
        // Since 1.27 sidecars are init containers that stay.
        var container = spec.List("containers").Objects().Concat(spec.List("initContainers").Objects()).FirstOrDefault(one => one.Text("name") == Container);
        if (container is null) return null;
        var addresses = pod.Object("status").List("podIPs").Objects().Select(address => address.Text("ip")).OfType<string>().ToList();
        return new EndpointProxy
        {
            Network = Setting(container, "ISTIO_META_NETWORK") ?? "",
            Cluster = Setting(container, "ISTIO_META_CLUSTER_ID") ?? cluster,
            Locality = new PodPlace(nodes).Locality(pod.Labels(), PodPlace.NodeOf(pod)),
            Node = PodPlace.NodeOf(pod),
            Namespace = pod.NamespaceName() ?? "",
            Labels = pod.Labels().ToImmutableSortedDictionary(StringComparer.Ordinal),
            RequestedNetworkView = [.. (Setting(container, "ISTIO_META_REQUESTED_NETWORK_VIEW") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            IsRouter = (container.List("args") ?? []).Select(argument => argument.AsText()).Contains("router"),
            UsesIPv4 = addresses.Count == 0 || addresses.Exists(address => !address.Contains(':', StringComparison.Ordinal)),
            UsesIPv6 = addresses.Count == 0 || addresses.Exists(address => address.Contains(':', StringComparison.Ordinal)),
        };
    }

    private static string? Setting(JsonObject container, string name) =>
        container.List("env").Objects().LastOrDefault(entry => entry.Text("name") == name).Text("value");
}
