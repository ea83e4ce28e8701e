using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Relay;

namespace Isthmus.Core.Webhooks;

/// <summary>What was seen of one cluster: our namespace, and every webhook configuration that is ours or stands under our names.</summary>
public sealed record ClusterSetupSnapshot(JsonObject? Namespace, IReadOnlyList<JsonObject> MutatingWebhooks, IReadOnlyList<JsonObject> ValidatingWebhooks)
{
    /// <summary>What was seen of the relay.</summary>
    public RelaySnapshot Relay { get; init; } = new() { Now = default };

    internal IReadOnlyList<JsonObject> Webhooks => [.. MutatingWebhooks, .. ValidatingWebhooks];
}

/// <summary>What a cluster needs to take part at all: the namespace of our objects, the webhooks, and where they need one the relay.</summary>
public static class WebhookPlanner
{
    private const string NotReady = "waits until a pod of Deployment isthmus-system/isthmus-relay is ready; if none gets ready, look at its events: the image may be out of reach (webhook.image names another)";

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
            desired.AddRange(RelayPlanner.Desired(mesh, cluster, settings, seen.Relay, seen.Webhooks));
            if (Route(mesh, cluster, settings, seen) is { } route)
            {
                desired.Add(InjectionWebhooks.Desired(mesh, cluster, route));
                desired.Add(ChangeWebhooks.Desired(mesh, cluster, route));
            }
            else
            {
                var (injection, changes) = Ids(cluster.Name);
                skipped.Add(new PlannedAction.Skipped(injection, NotReady));
                skipped.Add(new PlannedAction.Skipped(changes, NotReady));
            }
        }

        return PlanDiff.Compute(desired, Observed(cluster.Name, seen)).OwnedOnly(mesh.Name).With(new Plan(skipped));
    }

    /// <summary>The namespace alone, which every run needs before it writes anything else.</summary>
    public static Plan PlanNamespace(MeshDocument mesh, MeshCluster cluster, JsonObject? live) =>
        cluster.Leaving
            ? Planning.Plan.Empty
            : PlanDiff.Compute([Namespace(mesh, cluster)], Observed(cluster.Name, new ClusterSetupSnapshot(live, [], []))).OwnedOnly(mesh.Name);

    /// <summary>Null while the relay that webhooks would lead to is not ready. What leads to us directly goes on until then.</summary>
    private static WebhookSettings? Route(MeshDocument mesh, MeshCluster cluster, WebhookSettings settings, ClusterSetupSnapshot seen)
    {
        if (!RelayPlanner.IsWanted(cluster))
            return settings;
        return RelayPlanner.Route(settings, seen.Relay, seen.Webhooks) ?? (seen.Webhooks.Any(live => Ownership.IsOurs(live, mesh.Name)) ? settings : null);
    }

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
        foreach (var live in RelayPlanner.Observed(cluster, seen.Relay))
            yield return live;
    }
}
