using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>A cluster that another one's istiod serves now may have had its own, and hold what was for that one alone.</summary>
internal static class FormerControlPlane
{
    private const string Key = "meshNetworks";

    public static IEnumerable<PlannedAction> Plan(MeshDocument mesh, ClusterName cluster, NetworkView view)
    {
        foreach (var configMap in view.MeshConfigMaps)
        {
            var text = ObjectMetadata.TextOf((configMap["data"] as JsonObject)?[Key]);
            if (MeshNetworksText.Ours(text).Count == 0 || MeshNetworksText.Write(text, new Dictionary<string, JsonObject>()) is not { Refusal: null } edit)
                continue;
            var content = (JsonObject)configMap.DeepClone();
            var data = (JsonObject)(content["data"] ??= new JsonObject());
            if (edit.Text is { } before)
                data[Key] = before;
            else
                data.Remove(Key);
            yield return PlanDiff.Step(new ObjectId(cluster, ResourceKind.ConfigMap, SystemNamespaces.Istio, configMap.Name()), configMap, content);
        }

        foreach (var gateway in view.Gateways.Where(gateway => gateway.Label(CrossNetworkGateway.Label) is not null && Ownership.IsOurs(gateway, mesh.Name)))
            yield return new PlannedAction.Delete(new ObjectId(cluster, ResourceKind.Gateway, gateway.NamespaceName(), gateway.Name()), gateway);
    }
}
