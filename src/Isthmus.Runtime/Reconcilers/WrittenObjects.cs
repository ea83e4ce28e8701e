using System.Text.Json.Nodes;
using Isthmus.Core.Dns;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What we write in one cluster, as it stands.</summary>
internal sealed record WrittenObjects(
    JsonObject? Namespace,
    IReadOnlyList<JsonObject> ServiceEntries,
    IReadOnlyList<JsonObject> DestinationRules,
    IReadOnlyList<JsonObject> Gateways,
    JsonObject? DnsConfigMap,
    IReadOnlyList<JsonObject> OtherDnsConfigMaps)
{
    private const string Ours = $"{Ownership.ManagedByLabel}={Ownership.ManagedByValue}";
    private const string NotOurs = "app.kubernetes.io/managed-by!=isthmus";

    /// <param name="names">The names to look at; empty: all.</param>
    /// <param name="state">What this run has met, which is looked at too.</param>
    public static async Task<WrittenObjects> ReadAsync(
        ClusterApi api, MeshDocument mesh, MeshCluster cluster, IReadOnlyList<ServiceName> names, RunState state, CancellationToken cancellationToken)
    {
        var ns = NamespaceObserver.ReadAsync(api, mesh, cancellationToken);
        var dns = DnsPlanner.Target(cluster) is { } target
            ? api.GetAsync(target.Kind, target.Namespace, target.Name, cancellationToken)
            : Task.FromResult<JsonObject?>(null);
        var others = OtherDnsAsync(api, cluster, names.Count == 0, dns, cancellationToken);
        // Istio's objects are read only in the control plane's cluster, so only there are any of ours, unless the cluster was one.
        if (!cluster.HasOwnControlPlane)
        {
            var left = names.Count == 0 ? await LeftAsync(api, mesh, cancellationToken).ConfigureAwait(false) : [[], [], []];
            return new WrittenObjects(await ns.ConfigureAwait(false), left[0], left[1], left[2], await dns.ConfigureAwait(false), await others.ConfigureAwait(false));
        }

        var entries = ReadAsync(api, ResourceKind.ServiceEntry, mesh, names, state, cancellationToken);
        var rules = ReadAsync(api, ResourceKind.DestinationRule, mesh, names, state, cancellationToken);
        var gateways = names.Count == 0
            ? api.ListAsync(ResourceKind.Gateway, null, null, null, cancellationToken)
            : GatewaysAsync(api, [.. names.Select(name => name.Namespace).Distinct()], cancellationToken);
        await Task.WhenAll(ns, dns, others, entries, rules, gateways).ConfigureAwait(false);
        return new WrittenObjects(
            await ns.ConfigureAwait(false),
            await entries.ConfigureAwait(false),
            await rules.ConfigureAwait(false),
            await gateways.ConfigureAwait(false),
            await dns.ConfigureAwait(false),
            await others.ConfigureAwait(false));
    }

    private static async Task<IReadOnlyList<JsonObject>[]> LeftAsync(ClusterApi api, MeshDocument mesh, CancellationToken cancellationToken) =>
        await Task.WhenAll(new[] { ResourceKind.ServiceEntry, ResourceKind.DestinationRule, ResourceKind.Gateway }
            .Select(kind => api.ListAsync(kind, null, Ownership.Selector(mesh.Name), null, cancellationToken))).ConfigureAwait(false);

    private static async Task<IReadOnlyList<JsonObject>> OtherDnsAsync(
        ClusterApi api, MeshCluster cluster, bool isEverything, Task<JsonObject?> dns, CancellationToken cancellationToken)
    {
        if (!isEverything && (DnsPlanner.Target(cluster) is null || DnsPlanner.Holds(cluster, await dns.ConfigureAwait(false))))
            return [];
        var found = await Task.WhenAll(DnsPlanner.FormerTargets(cluster)
            .Select(target => api.GetAsync(target.Kind, target.Namespace, target.Name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<JsonObject>()];
    }

    private static async Task<IReadOnlyList<JsonObject>> ReadAsync(
        ClusterApi api, ResourceKind kind, MeshDocument mesh, IReadOnlyList<ServiceName> names, RunState state, CancellationToken cancellationToken)
    {
        var inTheWay = state.InTheWay(api.Cluster).Where(id => id.Kind == kind).Select(id => OneAsync(api, kind, id.Namespace, id.Name, cancellationToken));
        if (names.Count == 0)
            return await AllAsync(api, kind, mesh, inTheWay, cancellationToken).ConfigureAwait(false);
        var reads = new List<Task<IReadOnlyList<JsonObject>>>(inTheWay);
        foreach (var name in names)
        {
            if (state.SeesPods)
                reads.Add(api.ListAsync(kind, null, $"{KnownExporters.NamespaceLabel}={name.Namespace},{KnownExporters.ServiceLabel}={name.Name}", null, cancellationToken));
            reads.Add(OneAsync(api, kind, SystemNamespaces.Isthmus, name.GlobalHost(mesh.Domain), cancellationToken));
        }

        var found = await Task.WhenAll(reads).ConfigureAwait(false);
        return [.. found.SelectMany(list => list).DistinctBy(live => (live.NamespaceName(), live.Name()))];
    }

    // Nearly every name has objects in every cluster: held as trees they would be the largest part of a full run's memory.
    private static async Task<PackedObjects> AllAsync(
        ClusterApi api, ResourceKind kind, MeshDocument mesh, IEnumerable<Task<IReadOnlyList<JsonObject>>> inTheWay, CancellationToken cancellationToken)
    {
        var ours = api.ListAsync(kind, SystemNamespaces.Isthmus, null, null, PackedObject.Of, cancellationToken);
        // An exporter's subsets stand in the namespace of its gateway, or of one that it had before.
        var subsets = kind == ResourceKind.DestinationRule
            ? api.ListAsync(kind, null, $"{Ownership.Selector(mesh.Name)},{FederationNames.SubsetsLabel}", null, PackedObject.Of, cancellationToken)
            : Task.FromResult<IReadOnlyList<PackedObject>>([]);
        var others = await Task.WhenAll(inTheWay).ConfigureAwait(false);
        return new PackedObjects([.. await ours.ConfigureAwait(false), .. await subsets.ConfigureAwait(false), .. others.SelectMany(list => list).Select(PackedObject.Of)]);
    }

    private static async Task<IReadOnlyList<JsonObject>> OneAsync(ClusterApi api, ResourceKind kind, string? ns, string name, CancellationToken cancellationToken) =>
        await api.GetAsync(kind, ns, name, cancellationToken).ConfigureAwait(false) is { } found ? [found] : [];

    private static async Task<IReadOnlyList<JsonObject>> GatewaysAsync(
        ClusterApi api, IReadOnlyList<string> exporting, CancellationToken cancellationToken)
    {
        // By label, since they may stand in the gateway's namespace or in ours.
        var own = api.ListAsync(ResourceKind.Gateway, null, $"{Ours},{KnownExporters.NamespaceLabel} in ({string.Join(',', exporting)})", null, cancellationToken);
        var foreign = api.ListAsync(ResourceKind.Gateway, null, NotOurs, null, cancellationToken);
        await Task.WhenAll(own, foreign).ConfigureAwait(false);
        var all = (await own.ConfigureAwait(false)).Concat(await foreign.ConfigureAwait(false));
        return [.. all.DistinctBy(gateway => (gateway.NamespaceName(), gateway.Name()))];
    }
}
