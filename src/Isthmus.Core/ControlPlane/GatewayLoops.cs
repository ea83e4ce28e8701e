using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>Finds gateways that see the other networks' gateways as endpoints: between two of them a request can go in a circle.</summary>
internal static class GatewayLoops
{
    private const string Variable = "ISTIO_META_REQUESTED_NETWORK_VIEW";

    public static IEnumerable<PlannedAction> Find(ServedGroup group, NetworkSnapshot seen)
    {
        foreach (var cluster in group.HasSeveralNetworks ? group.Clusters : [])
        {
            if (!seen.Clusters.TryGetValue(cluster.Name, out var view))
                continue;
            var blind = view.GatewayPods.Where(pod => !pod.IsTerminating() && View(pod) != cluster.Network.Value).OrderBy(pod => pod.Name(), StringComparer.Ordinal).ToList();
            if (blind.Count > 0)
                yield return new PlannedAction.Skipped(new ObjectId(cluster.Name, ResourceKind.Pod, blind[0].NamespaceName(), blind[0].Name()), Reason(cluster, blind));
        }
    }

    private static string Reason(MeshCluster cluster, List<JsonObject> pods)
    {
        var (which, found) = (pods.Count == 1 ? "this gateway" : $"this gateway and {pods.Count - 1} more", View(pods[0]));
        return $"{which} can send requests in a circle between networks: {Variable} is {(found is null ? "not set" : $"'{found}'")}; "
            + $"set it to '{cluster.Network}' in the env of the gateway's Deployment (Helm: --set env.{Variable}={cluster.Network})";
    }

    private static string? View(JsonObject pod) =>
        (((pod["spec"] as JsonObject)?["containers"] as JsonArray) ?? []).OfType<JsonObject>()
            .SelectMany(container => (container["env"] as JsonArray ?? []).OfType<JsonObject>())
            .Where(variable => ObjectMetadata.TextOf(variable["name"]) == Variable)
            .Select(variable => ObjectMetadata.TextOf(variable["value"]))
            .LastOrDefault();
}
