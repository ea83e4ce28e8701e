using System.Collections.Immutable;
using System.Globalization;
using Isthmus.Core.Checks;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Trust;

namespace Isthmus.Core.Status;

/// <summary>Tells from what was seen of the clusters how the mesh stands. It asks neither the vault nor the functions.</summary>
public static class MeshOverviewReader
{
    public static MeshOverview Read(StatusSnapshot seen)
    {
        var plan = FederationPlanner.Plan(seen.Mesh, seen.Names).Plan;
        var names = new NameOverviews(seen.Mesh, seen.Names, plan);
        var health = GatewayHealth.Read(seen.Mesh.Name, seen.Names.Clusters.Values.Select(cluster => cluster.GatewayHealth));
        return new MeshOverview(
            seen.Mesh.Name,
            seen.Mesh.Generation,
            [.. seen.Mesh.Clusters.Select(cluster => Cluster(seen, cluster, plan, names, health))],
            names.All(),
            Trust(seen),
            [.. seen.Mesh.Clusters.SelectMany(cluster => Warnings(seen, cluster))]);
    }

    private static ClusterOverview Cluster(StatusSnapshot seen, MeshCluster cluster, Plan plan, NameOverviews names, GatewayHealth health)
    {
        var sight = seen.Clusters.GetValueOrDefault(cluster.Name) ?? new ClusterSight { Silence = "it was not looked at" };
        var view = sight.Silence is null ? seen.Names.Clusters.GetValueOrDefault(cluster.Name) : null;
        var skipped = plan.Actions.OfType<PlannedAction.Skipped>().Where(skip => skip.Id.Cluster == cluster.Name && NameOverviews.ServiceOf(seen.Mesh, skip.Id) is null);
        return new ClusterOverview
        {
            Name = cluster.Name,
            Silence = sight.Silence,
            Server = sight.Answer?.Version,
            Network = cluster.Network,
            ControlPlane = cluster.ControlPlane,
            Istiods = [.. sight.Istiods.Select(Istiod)],
            State = cluster.Leaving ? "leaving" : cluster.Draining ? "draining" : "active",
            Generation = Generation(seen.Mesh, sight),
            Dns = cluster.Dns,
            Gateways = Gateways(cluster, view, health.Of(cluster.Name)),
            Names = names.CountIn(cluster.ControlPlane),
            Problems = [.. GatewayProblem(cluster, view).Concat(skipped.Select(skip => $"{skip.Id.Kind} {skip.Id.Name}: {skip.Reason}")).Concat(sight.Unread).Distinct()],
        };
    }

    private static string Istiod(SeenIstiod istiod) =>
        $"{istiod.Version?.ToString() ?? "version unknown"} ({istiod.Revision}{(istiod.ReadyReplicas == 0 ? ", not ready" : "")})";

    private static long? Generation(MeshDocument mesh, ClusterSight sight) =>
        sight.Namespace is { } ns && Ownership.IsOurs(ns, mesh.Name)
            && long.TryParse(ns.Annotation(Ownership.GenerationAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : null;

    // While a cluster's API is silent, what the probes keep is all that is known of its gateway.
    private static ImmutableArray<GatewayOverview> Gateways(MeshCluster cluster, ClusterSnapshot? view, ClusterGatewayHealth health)
    {
        if (cluster.Gateway is not { } gateway)
            return [];
        IEnumerable<GatewayAddress> addresses = view is null ? health.Addresses.Keys : GatewayAddress.ReadAll(gateway, view.GatewayService, view.Nodes);
        return
        [
            .. addresses.Select(address => health.Addresses.GetValueOrDefault(address) is { } record
                ? new GatewayOverview(address.ToString(), record.State, record.Since, record.Detail)
                : new GatewayOverview(address.ToString(), null, null, null)),
        ];
    }

    private static IEnumerable<string> GatewayProblem(MeshCluster cluster, ClusterSnapshot? view) =>
        view is not null && cluster.Gateway is { } gateway && GatewayAddress.Problem(gateway, view.GatewayService, view.Nodes) is { } problem ? [problem] : [];

    private static TrustStatus? Trust(StatusSnapshot seen)
    {
        if (seen.Mesh.Trust is not { } trust)
            return null;
        var clusters = seen.Clusters.Where(cluster => cluster.Value.Trust is not null).ToDictionary(cluster => cluster.Key, cluster => cluster.Value.Trust ?? throw new System.Diagnostics.UnreachableException());
        return TrustStatusReader.Read(seen.Mesh, trust, new MeshTrustSnapshot { Clusters = clusters, Newest = null, Now = seen.Names.Now });
    }

    private static IEnumerable<string> Warnings(StatusSnapshot seen, MeshCluster cluster) =>
        seen.Clusters.GetValueOrDefault(cluster.Name)?.Trust?.CaSecret is { } secret
            ? TrustRule.Ends(seen.Names.Now, cluster, secret).Select(finding => $"{cluster.Name}: {finding.What}: {finding.ToDo}")
            : [];
}
