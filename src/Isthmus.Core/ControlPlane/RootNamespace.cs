using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>
/// What istiod goes by on its root namespace in a cluster: the label that tells the cluster's network, and in a cluster without istiod the annotation
/// that names the one to put its root certificate into each namespace, without which no sidecar starts there. The namespace is somebody else's: we own
/// the two where an annotation of ours says so, and nothing besides.
/// </summary>
internal static class RootNamespace
{
    public const string NetworkLabel = "topology.istio.io/network";
    public const string OwnedAnnotation = "isthmus.dev/network";

    private const string ControlPlanesAnnotation = "topology.istio.io/controlPlaneClusters";

    private static readonly Mark Network = new("labels", NetworkLabel, OwnedAnnotation);
    private static readonly Mark ControlPlane = new("annotations", ControlPlanesAnnotation, "isthmus.dev/control-plane");

    public static ObjectId Id(ClusterName cluster) => new(cluster, ResourceKind.Namespace, null, SystemNamespaces.Istio);

    /// <param name="cluster">The cluster.</param>
    /// <param name="isMarked">Whether istiod needs the marks: other clusters share the control plane.</param>
    /// <param name="live">The namespace as it stands.</param>
    public static IEnumerable<PlannedAction> Plan(MeshCluster cluster, bool isMarked, JsonObject? live)
    {
        var id = Id(cluster.Name);
        if (live is null)
            return !isMarked ? [] : cluster.HasOwnControlPlane ? [new PlannedAction.Skipped(id, "there is no namespace istio-system")] : [new PlannedAction.Create(id, Marked(New(id), cluster))];
        if (live.IsTerminating())
            return isMarked ? [new PlannedAction.Skipped(id, "is being deleted")] : [];
        var content = (JsonObject)live.DeepClone();
        List<string?> clashes =
        [
            Put(content, Network, isMarked ? cluster.Network.Value : null, text => text == cluster.Network.Value),
            Put(content, ControlPlane, isMarked && !cluster.HasOwnControlPlane ? cluster.ControlPlane.Value : null, text => Names(text, cluster.ControlPlane)),
        ];
        var skipped = clashes.OfType<string>().Select(clash => (PlannedAction)new PlannedAction.Skipped(id, clash)).ToList();
        var step = PlanDiff.Step(id, live, content);
        return skipped.Count > 0 && !step.IsWrite ? skipped : [.. skipped, step];
    }

    // It does not become ours as a whole: Istio and its users put their own things there, and it outlasts us.
    private static JsonObject New(ObjectId id) => new()
    {
        ["apiVersion"] = id.Kind.ApiVersion,
        ["kind"] = id.Kind.Kind,
        ["metadata"] = new JsonObject { ["name"] = id.Name },
    };

    private static JsonObject Marked(JsonObject created, MeshCluster cluster)
    {
        Put(created, Network, cluster.Network.Value, _ => true);
        Put(created, ControlPlane, cluster.ControlPlane.Value, _ => true);
        return created;
    }

    /// <summary>Istio's rule: several clusters stand there with commas between them, and a star is all of them.</summary>
    private static bool Names(string text, ClusterName controlPlane) => text.Split(',').Any(name => name == "*" || name == controlPlane.Value);

    /// <summary>Sets a mark to what is wanted, or takes ours away where nothing is; the clash where somebody else's says something else.</summary>
    private static string? Put(JsonObject content, Mark mark, string? wanted, Func<string, bool> isRight)
    {
        var (text, owned) = (mark.Map == "labels" ? content.Label(mark.Key) : content.Annotation(mark.Key), content.Annotation(mark.Owned));
        var isOurs = owned is not null && (text is null || text == owned);
        if (wanted is null)
        {
            Set(content, "annotations", mark.Owned, null);
            if (isOurs)
                Set(content, mark.Map, mark.Key, null);
        }
        else if (text is null || isOurs)
        {
            Set(content, mark.Map, mark.Key, wanted);
            Set(content, "annotations", mark.Owned, wanted);
        }
        else if (!isRight(text))
        {
            return $"its {mark.Map.TrimEnd('s')} {mark.Key} says '{text}', which is not ours, and the mesh document says '{wanted}': correct one of them";
        }

        return null;
    }

    private static void Set(JsonObject obj, string map, string key, string? value)
    {
        var metadata = (JsonObject)(obj["metadata"] ??= new JsonObject());
        if (value is not null)
            ((JsonObject)(metadata[map] ??= new JsonObject()))[key] = value;
        else if (metadata[map] is JsonObject entries && entries.Remove(key) && entries.Count == 0)
            metadata.Remove(map);
    }

    private sealed record Mark(string Map, string Key, string Owned);
}
