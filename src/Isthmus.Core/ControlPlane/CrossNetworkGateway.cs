using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>
/// The Gateway by which networks of one control plane reach each other: every service, routed by SNI. In a mesh with other control
/// planes it would lay open what nobody exported; there the services are listed with the exported ones instead (Federation).
/// </summary>
internal static class CrossNetworkGateway
{
    public const string Label = "isthmus.dev/cross-network";
    private const string Name = "isthmus-cross-network";
    private const string AutoPassthrough = "AUTO_PASSTHROUGH";

    public static Plan Plan(MeshDocument mesh, ServedGroup group, NetworkSnapshot seen)
    {
        if (!seen.Clusters.TryGetValue(group.ControlPlane.Name, out var view))
            return Planning.Plan.Empty;
        var desired = new List<DesiredObject>();
        var skipped = new List<PlannedAction>();
        foreach (var (cluster, selector, host) in ServedGroup.IsOpen(mesh, group.ControlPlane) ? Openings(group, seen) : [])
        {
            var name = cluster == group.ControlPlane.Name ? Name : LabelNames.Fit($"{Name}-{cluster}");
            var id = new ObjectId(group.ControlPlane.Name, ResourceKind.Gateway, SystemNamespaces.Isthmus, name);
            if (view.Gateways.FirstOrDefault(gateway => !Ownership.IsOurs(gateway, mesh.Name) && Opens(gateway, selector, host)) is { } equal)
                skipped.Add(new PlannedAction.Skipped(id, $"Gateway {equal.NamespaceName()}/{equal.Name()} lists {host} on port {MeshGateway.DefaultPort} already"));
            else
                desired.Add(new DesiredObject(id, Gateway(mesh, id, selector, host)));
        }

        var wanted = desired.Select(item => item.Id).ToHashSet();
        var isSilent = ServedGroup.IsOpen(mesh, group.ControlPlane) && group.Clusters.Any(cluster => !seen.Clusters.ContainsKey(cluster.Name));
        var observed = view.Gateways.Select(live => new ObservedObject(new ObjectId(group.ControlPlane.Name, ResourceKind.Gateway, live.NamespaceName(), live.Name()), live))
            .Where(item => wanted.Contains(item.Id) || (item.Live.Label(Label) is not null && !isSilent));
        return PlanDiff.Compute(desired, observed).OwnedOnly(mesh.Name).With(new Plan(skipped));
    }

    /// <summary>One for each kind of gateway pods: a Gateway selects pods by labels, in every cluster that the istiod serves.</summary>
    private static IEnumerable<(ClusterName First, ImmutableSortedDictionary<string, string> Selector, string Host)> Openings(ServedGroup group, NetworkSnapshot seen) =>
        group.Clusters.Where(cluster => cluster.Gateway is not null && seen.Clusters.ContainsKey(cluster.Name))
            .OrderBy(cluster => cluster.Name != group.ControlPlane.Name)
            .Select(cluster => (First: cluster.Name, Selector: Selector(cluster, seen), Host: Wildcard(group.ControlPlane.ClusterDomain)))
            .DistinctBy(opening => string.Join(',', opening.Selector.Select(label => $"{label.Key}={label.Value}")));

    private static ImmutableSortedDictionary<string, string> Selector(MeshCluster cluster, NetworkSnapshot seen) =>
        cluster.Gateway is { } gateway
            ? GatewayAddress.Selector(gateway, seen.Clusters.GetValueOrDefault(cluster.Name)?.GatewayService)
            : ImmutableSortedDictionary<string, string>.Empty;

    // Istio's own arrangement; another cluster domain needs its own end of names.
    private static string Wildcard(string clusterDomain) => clusterDomain.EndsWith(".local", StringComparison.Ordinal) ? "*.local" : $"*.{clusterDomain}";

    private static JsonObject Gateway(MeshDocument mesh, ObjectId id, ImmutableSortedDictionary<string, string> selector, string host)
    {
        var gateway = Ownership.NewObject(id, mesh.Name, new JsonObject { [Label] = "true" });
        gateway["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject(selector.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["servers"] = new JsonArray(new JsonObject
            {
                ["port"] = new JsonObject { ["number"] = MeshGateway.DefaultPort, ["name"] = "tls-cross-network", ["protocol"] = "TLS" },
                ["tls"] = new JsonObject { ["mode"] = AutoPassthrough },
                ["hosts"] = new JsonArray(host),
            }),
        };
        return gateway;
    }

    /// <summary>Whether another Gateway opens the same port of the same pods already.</summary>
    private static bool Opens(JsonObject gateway, ImmutableSortedDictionary<string, string> selector, string host)
    {
        var spec = gateway["spec"] as JsonObject;
        var other = ObjectMetadata.Strings(spec?["selector"] as JsonObject);
        return other.All(label => selector.GetValueOrDefault(label.Key) == label.Value)
            && ExportGatewayWriter.PassthroughHosts(gateway).Any(theirs => theirs == host || theirs == "*");
    }
}
