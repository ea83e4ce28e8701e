using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Webhooks;

/// <summary>What was seen of one cluster: our namespace, and every webhook configuration that is ours or stands under our names.</summary>
public sealed record ClusterSetupSnapshot(JsonObject? Namespace, IReadOnlyList<JsonObject> MutatingWebhooks, IReadOnlyList<JsonObject> ValidatingWebhooks);

/// <summary>What a cluster needs to take part at all: the namespace of our objects and the webhooks.</summary>
public static class WebhookPlanner
{
    public static ObjectId SystemNamespace(ClusterName cluster) => new(cluster, ResourceKind.Namespace, null, SystemNamespaces.Isthmus);

    /// <summary>The names of the configurations that we write.</summary>
    public static (ObjectId Injection, ObjectId Changes) Ids(ClusterName cluster) => (InjectionWebhooks.Id(cluster), ChangeWebhooks.Id(cluster));

    /// <summary>The plan for one cluster. A cluster that leaves loses all of it.</summary>
    /// <param name="mesh">The document to go by.</param>
    /// <param name="cluster">Its entry in the document.</param>
    /// <param name="settings">Null where nobody said what the webhooks call: then they stay as they are.</param>
    /// <param name="seen">What stands there.</param>
    public static Plan Plan(MeshDocument mesh, MeshCluster cluster, WebhookSettings? settings, ClusterSetupSnapshot seen)
    {
        var desired = new List<DesiredObject>();
        var skipped = new List<PlannedAction>();
        if (!cluster.Leaving)
        {
            if (settings is null)
                return PlanNamespace(mesh, cluster, seen.Namespace);
            desired.Add(Namespace(mesh, cluster));
            if (cluster.WebhookReach == WebhookReach.Relay)
            {
                var (injection, changes) = Ids(cluster.Name);
                skipped.Add(new PlannedAction.Skipped(injection, "webhook.reach: relay is not supported yet"));
                skipped.Add(new PlannedAction.Skipped(changes, "webhook.reach: relay is not supported yet"));
            }
            else
            {
                desired.Add(InjectionWebhooks.Desired(mesh, cluster, settings));
                desired.Add(ChangeWebhooks.Desired(mesh, cluster, settings));
            }
        }

        return PlanDiff.Compute(desired, Observed(cluster.Name, seen)).OwnedOnly(mesh.Name).With(new Plan(skipped));
    }

    /// <summary>The namespace alone, which every run needs before it writes anything else.</summary>
    public static Plan PlanNamespace(MeshDocument mesh, MeshCluster cluster, JsonObject? live) =>
        cluster.Leaving
            ? Planning.Plan.Empty
            : PlanDiff.Compute([Namespace(mesh, cluster)], Observed(cluster.Name, new ClusterSetupSnapshot(live, [], []))).OwnedOnly(mesh.Name);

    private static DesiredObject Namespace(MeshDocument mesh, MeshCluster cluster)
    {
        var id = SystemNamespace(cluster.Name);
        // Nothing of ours may wait for a sidecar.
        var labels = new JsonObject { ["istio-injection"] = "disabled" };
        return new DesiredObject(id, Ownership.NewObject(id, mesh.Name, labels, new JsonObject { [Ownership.GenerationAnnotation] = $"{mesh.Generation}" }));
    }

    private static IEnumerable<ObservedObject> Observed(ClusterName cluster, ClusterSetupSnapshot seen)
    {
        if (seen.Namespace is not null)
            yield return new ObservedObject(SystemNamespace(cluster), seen.Namespace);
        foreach (var live in seen.MutatingWebhooks)
            yield return new ObservedObject(new ObjectId(cluster, ResourceKind.MutatingWebhookConfiguration, null, live.Name()), live);
        foreach (var live in seen.ValidatingWebhooks)
            yield return new ObservedObject(new ObjectId(cluster, ResourceKind.ValidatingWebhookConfiguration, null, live.Name()), live);
    }
}
