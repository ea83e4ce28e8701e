using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>
/// The label by which istiod learns a cluster's network, on Istio's root namespace there. The namespace is somebody else's: we own the
/// label where an annotation of ours says so, and nothing besides.
/// </summary>
internal static class RootNamespace
{
    public const string NetworkLabel = "topology.istio.io/network";
    public const string OwnedAnnotation = "isthmus.dev/network";

    public static ObjectId Id(ClusterName cluster) => new(cluster, ResourceKind.Namespace, null, SystemNamespaces.Istio);

    /// <param name="cluster">The cluster.</param>
    /// <param name="isLabelled">Whether istiod needs the label: other clusters share the control plane.</param>
    /// <param name="live">The namespace as it stands.</param>
    public static PlannedAction? Plan(MeshCluster cluster, bool isLabelled, JsonObject? live)
    {
        var id = Id(cluster.Name);
        if (live is null)
            return !isLabelled ? null : cluster.HasOwnControlPlane ? new PlannedAction.Skipped(id, "there is no namespace istio-system") : New(id, cluster);
        if (live.IsTerminating())
            return isLabelled ? new PlannedAction.Skipped(id, "is being deleted") : null;
        var (label, owned) = (live.Label(NetworkLabel), live.Annotation(OwnedAnnotation));
        var isOurs = owned is not null && (label is null || label == owned);
        var network = cluster.Network.Value;
        if (isLabelled && label is not null && label != network && !isOurs)
        {
            return new PlannedAction.Skipped(
                id, $"its label {NetworkLabel} says '{label}', which is not ours, and the mesh document says '{network}': correct one of them");
        }

        var content = (JsonObject)live.DeepClone();
        if (!isLabelled)
        {
            Set(content, "annotations", OwnedAnnotation, null);
            if (isOurs)
                Set(content, "labels", NetworkLabel, null);
        }
        else if (label != network || isOurs)
        {
            Set(content, "labels", NetworkLabel, network);
            Set(content, "annotations", OwnedAnnotation, network);
        }

        return PlanDiff.Step(id, live, content);
    }

    // It does not become ours as a whole: Istio and its users put their own things there, and it outlasts us.
    private static PlannedAction.Create New(ObjectId id, MeshCluster cluster) => new(id, new JsonObject
    {
        ["apiVersion"] = id.Kind.ApiVersion,
        ["kind"] = id.Kind.Kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = id.Name,
            ["labels"] = new JsonObject { [NetworkLabel] = cluster.Network.Value },
            ["annotations"] = new JsonObject { [OwnedAnnotation] = cluster.Network.Value },
        },
    });

    private static void Set(JsonObject obj, string map, string key, string? value)
    {
        var metadata = (JsonObject)(obj["metadata"] ??= new JsonObject());
        if (value is not null)
            ((JsonObject)(metadata[map] ??= new JsonObject()))[key] = value;
        else if (metadata[map] is JsonObject entries && entries.Remove(key) && entries.Count == 0)
            metadata.Remove(map);
    }
}
