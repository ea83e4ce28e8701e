using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;

namespace Isthmus.Core.Relay;

/// <summary>What a cluster holds of the relay, for API servers that reach no address outside: webhooks lead to it by Service, and it leads on.</summary>
public static class RelayPlanner
{
    /// <summary>How long the certificates live that are made for it.</summary>
    public static TimeSpan CertificateLifetime => RelayKeys.Lifetime;

    /// <summary>Whether a certificate has to be made before a plan can: making one takes randomness.</summary>
    public static bool NeedsCertificate(MeshCluster cluster, RelaySnapshot seen, IEnumerable<JsonObject> webhooks) =>
        IsWanted(cluster) && RelayKeys.Plan(seen.Certificate, null, RelayKeys.Bundles(webhooks), seen.Now) is null;

    internal static bool IsWanted(MeshCluster cluster) => cluster is { Leaving: false, WebhookReach: WebhookReach.Relay };

    /// <summary>The relay's objects.</summary>
    internal static IEnumerable<DesiredObject> Desired(MeshDocument mesh, MeshCluster cluster, WebhookSettings settings, RelaySnapshot seen, IEnumerable<JsonObject> webhooks)
    {
        if (!IsWanted(cluster))
            yield break;
        var nginx = RelayConfiguration.Write(mesh, cluster, settings, RelayPlace.In(seen.ClusterDns));
        yield return new DesiredObject(RelayNames.Configuration(cluster.Name), RelayManifests.Configuration(mesh, cluster, settings, nginx));
        if (Keys(seen, webhooks) is { } keys)
            yield return new DesiredObject(RelayNames.Certificate(cluster.Name), keys.Write(RelayNames.Certificate(cluster.Name), mesh.Name));
        yield return new DesiredObject(RelayNames.Service(cluster.Name), RelayManifests.Service(mesh, cluster, seen.Service));
        yield return new DesiredObject(RelayNames.Deployment(cluster.Name), RelayManifests.Deployment(mesh, cluster, settings, nginx));
        yield return new DesiredObject(RelayNames.Budget(cluster.Name), RelayManifests.Budget(mesh, cluster));
    }

    internal static IEnumerable<ObservedObject> Observed(ClusterName cluster, RelaySnapshot seen) =>
        new (ObjectId Id, JsonObject? Live)[]
        {
            (RelayNames.Configuration(cluster), seen.Configuration), (RelayNames.Certificate(cluster), seen.Certificate), (RelayNames.Service(cluster), seen.Service),
            (RelayNames.Deployment(cluster), seen.Deployment), (RelayNames.Budget(cluster), seen.Budget),
        }.Where(one => one.Live is not null).Select(one => new ObservedObject(one.Id, one.Live ?? []));

    /// <summary>How webhooks lead to the relay; null while none of its pods is ready, for then they would lead nowhere.</summary>
    internal static WebhookSettings? Route(WebhookSettings settings, RelaySnapshot seen, IReadOnlyCollection<JsonObject> webhooks)
    {
        var isLed = RelayKeys.Bundles(webhooks).Count > 0;
        return (isLed || ReadyReplicas(seen.Deployment) > 0) && Keys(seen, webhooks) is { } keys ? settings.ThroughRelay(keys.Bundle) : null;
    }

    private static RelayKeys? Keys(RelaySnapshot seen, IEnumerable<JsonObject> webhooks) =>
        RelayKeys.Plan(seen.Certificate, seen.Fresh, RelayKeys.Bundles(webhooks), seen.Now);

    private static int ReadyReplicas(JsonObject? deployment) =>
        deployment?["status"]?["readyReplicas"] is JsonValue value && value.TryGetValue<int>(out var ready) ? ready : 0;
}
