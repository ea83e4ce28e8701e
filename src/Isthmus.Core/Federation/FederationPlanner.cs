using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Dns;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>A plan, and whether it has to be made again with the holders of all addresses known, or the objects of pods.</summary>
public sealed record FederationPlan(Plan Plan, bool NeedsAllAddresses, bool NeedsPods)
{
    /// <summary>Why some names have no address although all were looked at; null where all have one.</summary>
    public string? Exhaustion { get; init; }
}

/// <summary>
/// Mode 1: what every cluster should hold so that exported services can be reached by their global names. The same planner
/// serves one name and all of them.
/// </summary>
public static class FederationPlanner
{
    /// <summary>Plans for the clusters in the snapshot. What is silent keeps what it has, here and in everybody else's objects.</summary>
    public static FederationPlan Plan(MeshDocument mesh, FederationSnapshot snapshot)
    {
        var exports = MeshExports.Of(mesh, snapshot);
        var shown = Shown(mesh, snapshot);
        var claims = Assign(mesh, snapshot, exports, shown);
        var records = new Dictionary<ClusterName, SortedDictionary<string, string>>();
        var (gateways, skipped) = Gateways(mesh, snapshot, exports);
        var desired = Names(mesh, snapshot, exports, claims, records).Concat(gateways).Concat(AtRest(mesh, snapshot, exports, shown))
            .Where(item => snapshot.Clusters.ContainsKey(item.Id.Cluster));
        var owned = PlanDiff.Compute(desired, Observed(snapshot), item => Ownership.IsOurs(item.Live, mesh.Name) && IsInScope(snapshot.Scope, item)).OwnedOnly(mesh.Name);
        var contributions = new ExportReport(mesh, snapshot, exports, claims).Write()
            .Concat(Records(mesh, snapshot, records))
            .Concat(PrivateRecords(mesh, snapshot, records))
            .Concat(skipped)
            .Concat(Moves(mesh, shown, claims));
        return new FederationPlan(
            owned.With(new Plan(contributions)),
            snapshot.KnownAddresses is not null && !exports.Names.All(claims.ContainsKey),
            !snapshot.HasPods && MayHavePods(snapshot, exports))
        {
            Exhaustion = snapshot.KnownAddresses is null ? Exhaustion(mesh, [.. exports.Names.Where(name => !claims.ContainsKey(name))]) : null,
        };
    }

    private static string? Exhaustion(MeshDocument mesh, IReadOnlyList<GlobalName> without) => without.Count == 0
        ? null
        : $"{without[0].Host(mesh.Domain)}{(without.Count == 1 ? " has" : $" and {without.Count - 1} more have")} no address: {ExportFaults.NoAddressText(mesh)}";

    /// <summary>
    /// The objects of the names, one after the other, so that nobody holds all of them: for every importer nearly each name has some.
    /// Fills in the records of each control plane's clusters as it goes.
    /// </summary>
    private static IEnumerable<DesiredObject> Names(
        MeshDocument mesh,
        FederationSnapshot snapshot,
        MeshExports exports,
        ImmutableSortedDictionary<GlobalName, AddressClaim> claims,
        Dictionary<ClusterName, SortedDictionary<string, string>> records)
    {
        var down = GatewayHealth.Read(mesh.Name, snapshot.Clusters.Values.Select(cluster => cluster.GatewayHealth)).Down;
        var writer = new ServiceEntryWriter(mesh, down, new GatewayCounts(snapshot));
        var pods = new PodEntryWriter(mesh);
        foreach (var importer in mesh.Clusters.Where(cluster => cluster is { Leaving: false, HasOwnControlPlane: true }))
        {
            var names = records[importer.Name] = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var service in exports.Services.Values)
            {
                var name = new GlobalName(service.Name);
                var objects = claims.TryGetValue(name, out var claim) ? writer.Write(importer, service, claim).Select(item => (Name: name, Object: item)) : [];
                foreach (var (part, item) in objects.Concat(pods.Write(importer, service, claims)))
                {
                    names[part.Host(mesh.Domain)] = claims[part].Address;
                    yield return item;
                }

                foreach (var subsets in pods.Subsets(importer, service))
                    yield return subsets;
            }
        }
    }

    /// <summary>Whether every Service of a cluster counts, and not the exported ones alone.</summary>
    public static bool ListsAllServices(MeshDocument mesh, MeshCluster cluster) =>
        mesh.Find(cluster.ControlPlane) is { } controlPlane && CrossNetworkHosts.AreListed(mesh, controlPlane);

    private static ImmutableSortedDictionary<GlobalName, AddressClaim> Assign(
        MeshDocument mesh, FederationSnapshot snapshot, MeshExports exports, Dictionary<ClusterName, ImmutableArray<AddressClaim>> shown)
    {
        var names = exports.Names.ToHashSet();
        var resting = AddressRest.Claims(mesh, snapshot.Clusters.Values.SelectMany(cluster => cluster.RestingAddresses), snapshot.Now).ToList();
        var all = shown.Values.SelectMany(claims => claims)
            .Concat(Claims(mesh, snapshot.Clusters.Values.SelectMany(cluster => cluster.AddressHolders)))
            .Concat(exports.Seen.Select(export => export.Service is { } service ? AddressClaim.OfService(service) : null).OfType<AddressClaim>())
            .Concat(resting.Where(claim => names.Contains(claim.Name)))
            .ToLookup(claim => names.Contains(claim.Name));
        var own = all[true].ToLookup(claim => claim.Name);
        var book = new AddressBook(
            new VirtualAddressRange(mesh.AddressRange), mesh.Domain, snapshot.Now, all[false], resting, address => snapshot.KnownAddresses?.Contains(address) ?? true);
        return book.Assign(names.ToDictionary(name => name, name => own[name].ToImmutableArray()));
    }

    /// <summary>The addresses that the ServiceEntries of each cluster show. They are read once: in a full run they are most of what was observed.</summary>
    private static Dictionary<ClusterName, ImmutableArray<AddressClaim>> Shown(MeshDocument mesh, FederationSnapshot snapshot) =>
        snapshot.Clusters.ToDictionary(cluster => cluster.Key, cluster => Claims(mesh, cluster.Value.ServiceEntries).ToImmutableArray());

    private static IEnumerable<AddressClaim> Claims(MeshDocument mesh, IEnumerable<JsonObject> entries) =>
        entries.Where(entry => Ownership.IsOurs(entry, mesh.Name)).Select(AddressClaim.OfOurs).OfType<AddressClaim>();

    private static IEnumerable<DesiredObject> AtRest(
        MeshDocument mesh, FederationSnapshot snapshot, MeshExports exports, Dictionary<ClusterName, ImmutableArray<AddressClaim>> shown)
    {
        var names = exports.Names.ToHashSet();
        return mesh.Clusters.Where(cluster => cluster is { Leaving: false, HasOwnControlPlane: true } && snapshot.Clusters.ContainsKey(cluster.Name))
            .SelectMany(cluster => AddressRest.Desired(mesh, cluster.Name, snapshot.Clusters[cluster.Name].RestingAddresses, shown[cluster.Name], snapshot.Scope, names.Contains, snapshot.Now));
    }

    /// <summary>A name that has to leave its address is not silently moved: clients may hold the old one for as long as their resolvers do.</summary>
    private static IEnumerable<PlannedAction> Moves(
        MeshDocument mesh, Dictionary<ClusterName, ImmutableArray<AddressClaim>> shown, ImmutableSortedDictionary<GlobalName, AddressClaim> claims)
    {
        var range = new VirtualAddressRange(mesh.AddressRange);
        foreach (var (cluster, olds) in shown)
        {
            foreach (var old in olds)
            {
                if (claims.TryGetValue(old.Name, out var held) && held.Address != old.Address)
                {
                    var why = range.Contains(old.Address) ? "which another name claimed before" : $"which lies outside the mesh's addressRange {mesh.AddressRange}";
                    yield return new PlannedAction.Skipped(
                        FederationNames.ServiceEntry(cluster, old.Name, mesh.Domain), $"{old.Name.Host(mesh.Domain)} moves to {held.Address} from {old.Address}, {why}");
                }
            }
        }
    }

    // The objects of the service's own name are the first to come and the last to go (Plan's order), so they tell whether there are more.
    private static bool MayHavePods(FederationSnapshot snapshot, MeshExports exports) =>
        exports.Services.Values.Any(service => service.Accepted.Concat(service.Conflicting).Any(exporter => exporter.IsHeadless))
        || snapshot.Clusters.Values.SelectMany(cluster => cluster.ServiceEntries.Concat(cluster.DestinationRules))
            .Any(live => live.Label(FederationNames.HeadlessLabel) is not null && KnownExporters.ServiceOf(live) is { } service && snapshot.Scope.Includes(service));

    private static (IReadOnlyList<DesiredObject> Desired, IReadOnlyList<PlannedAction> Skipped) Gateways(
        MeshDocument mesh, FederationSnapshot snapshot, MeshExports exports)
    {
        var desired = new List<DesiredObject>();
        var skipped = new List<PlannedAction>();
        foreach (var controlPlane in mesh.Clusters.Where(cluster => cluster is { Leaving: false, HasOwnControlPlane: true }))
        {
            if (!snapshot.Clusters.TryGetValue(controlPlane.Name, out var seen))
                continue;
            var served = mesh.Clusters.Where(cluster => cluster.ControlPlane == controlPlane.Name && cluster is { Leaving: false, Gateway: not null }).ToList();
            // Where a Gateway of ours opens all networks to each other, one that lists some of it again would be dropped.
            if (served.Count == 0 || ServedGroup.IsOpen(mesh, controlPlane))
                continue;
            var hosts = Hosts(mesh, snapshot, exports, served, controlPlane, seen);
            // The control plane's own gateway speaks for all that it serves: a Gateway selects pods in each of them.
            var first = served.Find(cluster => cluster.Name == controlPlane.Name) ?? served[0];
            if (first.Gateway is not { } gateway)
                continue;
            var place = GatewayPlace.Of(gateway, snapshot.Clusters.GetValueOrDefault(first.Name)?.GatewayService, seen.ScopesGateways);
            var result = new ExportGatewayWriter(mesh, controlPlane, place, seen.Gateways).Write(hosts);
            desired.AddRange(result.Desired);
            skipped.AddRange(result.Skipped);
        }

        return (desired, skipped);
    }

    private static ImmutableSortedDictionary<string, ImmutableSortedSet<string>> Hosts(
        MeshDocument mesh, FederationSnapshot snapshot, MeshExports exports, List<MeshCluster> served, MeshCluster controlPlane, ClusterSnapshot seen)
    {
        var scope = snapshot.Scope;
        var exported = exports.Seen
            .Where(export => export.Exporter is not null && served.Contains(export.Cluster) && scope.Includes(export.Name))
            // Nobody is led to an export that was left out, so nobody may reach it either.
            .Where(export => exports.Services.GetValueOrDefault(export.Name)?.IsLeftOut(export.Cluster.Name) != true)
            .Select(export => (export.Name.Namespace, Host: export.Name.ClusterHost(export.Cluster)));
        // Names outside the scope stay as they are listed, so that one name's event reads no other name. A silent cluster's exports
        // are known only from what the Gateways list already, so nothing is taken out of them.
        var isAnySilent = served.Exists(cluster => !snapshot.Clusters.ContainsKey(cluster.Name));
        var kept = seen.Gateways
            .Where(gateway => Ownership.IsOurs(gateway, mesh.Name) && gateway.Label(KnownExporters.NamespaceLabel) is not null)
            .SelectMany(gateway => ExportGatewayWriter.PassthroughHosts(gateway), (gateway, host) => (Namespace: gateway.Label(KnownExporters.NamespaceLabel) ?? "", Host: host))
            .Where(entry => scope.IncludesNamespace(entry.Namespace) && (isAnySilent || !scope.Includes(ServiceName.OfClusterHost(entry.Host, entry.Namespace))));
        return exported.Concat(CrossNetworkHosts.Of(mesh, controlPlane, snapshot)).Concat(kept).GroupBy(entry => entry.Namespace, entry => entry.Host)
            .ToImmutableSortedDictionary(group => group.Key, group => group.ToImmutableSortedSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static IEnumerable<ObservedObject> Observed(FederationSnapshot snapshot) => snapshot.Clusters.SelectMany(entry =>
        new[]
        {
            (Kind: ResourceKind.ServiceEntry, Objects: entry.Value.ServiceEntries),
            (Kind: ResourceKind.DestinationRule, Objects: entry.Value.DestinationRules),
            (Kind: ResourceKind.Gateway, Objects: entry.Value.Gateways),
            (Kind: ResourceKind.ConfigMap, Objects: entry.Value.RestingAddresses),
        }.SelectMany(found => Observed(entry.Key, found.Kind, found.Objects)));

    private static IEnumerable<ObservedObject> Observed(ClusterName cluster, ResourceKind kind, IReadOnlyList<JsonObject> objects) => objects is PackedObjects many
        ? many.Packed.Select(live => new ObservedObject(new ObjectId(cluster, kind, live.Namespace, live.Name), live.Json))
        : objects.Select(live => new ObservedObject(new ObjectId(cluster, kind, live.NamespaceName(), live.Name()), live));

    private static bool IsInScope(FederationScope scope, ObservedObject observed)
    {
        if (observed.Id.Kind == ResourceKind.Gateway)
            return observed.Live.Label(KnownExporters.NamespaceLabel) is { } ns && scope.IncludesNamespace(ns);
        return KnownExporters.ServiceOf(observed.Live) is { } name && scope.Includes(name);
    }

    private static IEnumerable<PlannedAction> Records(
        MeshDocument mesh, FederationSnapshot snapshot, Dictionary<ClusterName, SortedDictionary<string, string>> records)
    {
        foreach (var cluster in mesh.Clusters)
        {
            if (!snapshot.Clusters.TryGetValue(cluster.Name, out var seen))
                continue;
            var wanted = cluster.Leaving ? [] : records.GetValueOrDefault(cluster.ControlPlane) ?? [];
            // A silent control plane may still serve a name that nobody else knows of.
            if (!cluster.Leaving && !snapshot.Clusters.ContainsKey(cluster.ControlPlane))
                wanted = new SortedDictionary<string, string>(DnsPlanner.Read(cluster, seen.DnsConfigMap).SetItems(wanted), StringComparer.Ordinal);
            var former = snapshot.Scope.IsEverything ? seen.OtherDnsConfigMaps : [];
            foreach (var action in DnsPlanner.Plan(cluster, mesh, seen.DnsConfigMap, wanted, snapshot.Scope, seen.OtherDnsConfigMaps)
                .Concat(former.SelectMany(live => DnsPlanner.PlanFormer(cluster, mesh, live))))
                yield return action;
        }
    }

    private static ImmutableArray<PlannedAction> PrivateRecords(
        MeshDocument mesh, FederationSnapshot snapshot, Dictionary<ClusterName, SortedDictionary<string, string>> records)
    {
        if (snapshot.PrivateDns is not { } seen)
            return [];
        var controlPlanes = mesh.Clusters.Where(cluster => cluster is { Dns: DnsKind.Private, Leaving: false }).Select(cluster => cluster.ControlPlane).Distinct().ToList();
        // A name has one address in the whole mesh, so one record set serves all clusters.
        var wanted = controlPlanes.SelectMany(cluster => records.GetValueOrDefault(cluster) ?? []).DistinctBy(record => record.Key)
            .ToImmutableSortedDictionary(record => record.Key, record => record.Value, StringComparer.Ordinal);
        return PrivateDnsPlanner.Plan(mesh, seen, wanted, controlPlanes.TrueForAll(snapshot.Clusters.ContainsKey), snapshot.Scope).Actions;
    }
}
