using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Endpoints;

/// <summary>Where pods run, in Istio's words: a label on the pod, else those of its node.</summary>
internal sealed class PodPlace(IEnumerable<JsonObject> nodes)
{
    public const string LocalityLabel = "istio-locality";

    private readonly Dictionary<string, string> _nodes = nodes.DistinctBy(node => node.Name()).ToDictionary(node => node.Name(), OfNode, StringComparer.Ordinal);

    public string Locality(IReadOnlyDictionary<string, string>? labels, string node)
    {
        if (labels?.GetValueOrDefault(LocalityLabel) is { Length: > 0 } given) return OfLabel(given);
        return _nodes.GetValueOrDefault(node, "");
    }

    // Labels hold no slash, so Istio takes a dot for one.
    public static string OfLabel(string given) => given.Contains('/', StringComparison.Ordinal) ? given : given.Replace('.', '/');

    public static string NodeOf(JsonObject pod) => pod.Object("spec").Text("nodeName") ?? "";

    public static string OfNode(JsonObject node)
    {
        var region = node.Label("topology.kubernetes.io/region") ?? node.Label("failure-domain.beta.kubernetes.io/region") ?? "";
        var zone = node.Label("topology.kubernetes.io/zone") ?? node.Label("failure-domain.beta.kubernetes.io/zone") ?? "";
        var subzone = node.Label("topology.istio.io/subzone") ?? "";
        return region.Length + zone.Length + subzone.Length == 0 ? "" : $"{region}/{zone}/{subzone}";
    }
}
