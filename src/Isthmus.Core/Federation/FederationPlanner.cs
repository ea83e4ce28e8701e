using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Dns;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>A plan, and whether it has to be made again with the holders of all addresses known.</summary>
public sealed record FederationPlan(Plan Plan, bool NeedsAllAddresses);

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
        var claims = Assign(mesh, snapshot, exports);
        var desired = new List<DesiredObject>();
        var records = new Dictionary<ClusterName, SortedDictionary<string, string>>();
        var writer = new ServiceEntryWriter(mesh);
        foreach (var importer in mesh.Clusters.Where(cluster => cluster is { Leaving: false, HasOwnControlPlane: true }))
        {
            var names = records[importer.Name] = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var service in exports.Services.Values.Where(service => claims.ContainsKey(service.Name)))
            {
                var objects = writer.Write(importer, service, claims[service.Name]).ToList();
                desired.AddRange(objects.Where(_ => snapshot.Clusters.ContainsKey(importer.Name)));
                if (objects.Count > 0)
                    names[service.Name.GlobalHost(mesh.Domain)] = claims[service.Name].Address;
            }
        }

        var (gateways, skipped) = Gateways(mesh, snapshot, exports);
        desired.AddRange(gateways);
        var owned = PlanDiff.Compute(desired, Observed(mesh, snapshot, desired)).OwnedOnly(mesh.Name);
        var contributions = Marks(mesh, snapshot, exports, claims)
            .Concat(Records(mesh, snapshot, records))
            .Concat(skipped);
        return new FederationPlan(owned.With(new Plan(contributions)), exports.Services.Count > claims.Count && snapshot.KnownAddresses is not null);
    }

    /// <summary>Whether every Service of a cluster counts, and not the exported ones alone.</summary>
    public static bool ListsAllServices(MeshDocument mesh, MeshCluster cluster) =>
        mesh.Find(cluster.ControlPlane) is { } controlPlane && CrossNetworkHosts.AreListed(mesh, controlPlane);

    private static ImmutableSortedDictionary<ServiceName, AddressClaim> Assign(MeshDocument mesh, FederationSnapshot snapshot, MeshExports exports)
    {
        var shown = snapshot.Clusters.Values
            .SelectMany(cluster => cluster.ServiceEntries.Concat(cluster.AddressHolders).Where(entry => Ownership.IsOurs(entry, mesh.Name)))
            .Select(AddressClaim.OfServiceEntry)
            .Concat(exports.Seen.Select(export => AddressClaim.OfService(export.Service)))
            .OfType<AddressClaim>()
            .ToLookup(claim => exports.Services.ContainsKey(claim.Service));
        var own = shown[true].ToLookup(claim => claim.Service);
        var book = new AddressBook(
            new VirtualAddressRange(mesh.AddressRange), mesh.Domain, snapshot.Now, shown[false], address => snapshot.KnownAddresses?.Contains(address) ?? true);
        return book.Assign(exports.Services.Keys.ToDictionary(name => name, name => own[name].ToImmutableArray()));
    }

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
            var selector = first.Gateway is null
                ? ImmutableSortedDictionary<string, string>.Empty
                : GatewayAddress.Selector(first.Gateway, snapshot.Clusters.GetValueOrDefault(first.Name)?.GatewayService);
            var result = new ExportGatewayWriter(mesh, controlPlane, seen.Gateways).Write(hosts, selector);
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

    private static IEnumerable<ObservedObject> Observed(MeshDocument mesh, FederationSnapshot snapshot, IEnumerable<DesiredObject> desired)
    {
        var wanted = desired.Select(item => item.Id).ToHashSet();
        foreach (var (cluster, seen) in snapshot.Clusters)
        {
            foreach (var (kind, objects) in new[]
            {
                (ResourceKind.ServiceEntry, seen.ServiceEntries),
                (ResourceKind.DestinationRule, seen.DestinationRules),
                (ResourceKind.Gateway, seen.Gateways),
            })
            {
                foreach (var live in objects)
                {
                    var id = new ObjectId(cluster, kind, live.NamespaceName(), live.Name());
                    if (wanted.Contains(id) || (Ownership.IsOurs(live, mesh.Name) && IsInScope(snapshot.Scope, kind, live)))
                        yield return new ObservedObject(id, live);
                }
            }
        }
    }

    private static bool IsInScope(FederationScope scope, ResourceKind kind, JsonObject live)
    {
        if (kind == ResourceKind.Gateway)
            return live.Label(KnownExporters.NamespaceLabel) is { } ns && scope.IncludesNamespace(ns);
        return KnownExporters.ServiceOf(live) is { } name && scope.Includes(name);
    }

    private static IEnumerable<PlannedAction> Marks(
        MeshDocument mesh, FederationSnapshot snapshot, MeshExports exports, ImmutableSortedDictionary<ServiceName, AddressClaim> claims)
    {
        foreach (var export in exports.Seen.Where(export => snapshot.Scope.Includes(export.Name)))
        {
            var claim = export.Exporter is not null && claims.TryGetValue(export.Name, out var held) ? held : (AddressClaim?)null;
            var problem = export.Refusal ?? exports.Services.GetValueOrDefault(export.Name)?.ConflictFor(export.Cluster.Name)
                ?? UnknownImporters(mesh, export) ?? Unreachable(mesh, export) ?? (claim is null ? "no address is free in the mesh's addressRange" : null);
            var mark = ServiceMarks.Export(export, claim, problem);
            yield return mark;
            if (problem is not null)
                yield return new PlannedAction.Skipped(mark.Id, problem);
        }

        foreach (var (name, seen) in snapshot.Clusters)
        {
            var isLeaving = mesh.Find(name) is { Leaving: true };
            foreach (var service in seen.Services.Where(service => snapshot.Scope.Includes(FederationNames.NameOf(service)) && !service.IsTerminating()))
            {
                if (isLeaving)
                    yield return ServiceMarks.Left(name, service);
                else if (!FederationNames.IsExported(service))
                    yield return ServiceMarks.Withdrawn(name, service);
            }
        }
    }

    private static string? Unreachable(MeshDocument mesh, ServiceExport export) =>
        export.Exporter is { Gateways.IsEmpty: true } && mesh.Clusters.Any(cluster => cluster.ControlPlane != export.Cluster.ControlPlane)
            ? "the cluster has no gateway with an address, so other control planes' clusters cannot reach it"
            : null;

    private static string? UnknownImporters(MeshDocument mesh, ServiceExport export)
    {
        var unknown = export.Exporter?.ExportTo?.Where(cluster => mesh.Find(new ClusterName(cluster)) is null).ToList() ?? [];
        return unknown.Count == 0 ? null : $"{FederationNames.ExportToAnnotation} names no cluster of the mesh: {string.Join(", ", unknown)}";
    }

    private static IEnumerable<PlannedAction> Records(
        MeshDocument mesh, FederationSnapshot snapshot, Dictionary<ClusterName, SortedDictionary<string, string>> records)
    {
        foreach (var cluster in mesh.Clusters)
        {
            if (!snapshot.Clusters.TryGetValue(cluster.Name, out var seen))
                continue;
            var wanted = cluster.Leaving ? [] : records.GetValueOrDefault(cluster.ControlPlane) ?? [];
            var former = snapshot.Scope.IsEverything ? seen.FormerDnsConfigMaps : [];
            foreach (var action in DnsPlanner.Plan(cluster, mesh, seen.DnsConfigMap, wanted, snapshot.Scope)
                .Concat(former.SelectMany(live => DnsPlanner.PlanFormer(cluster, mesh, live))))
                yield return action;
        }
    }
}
