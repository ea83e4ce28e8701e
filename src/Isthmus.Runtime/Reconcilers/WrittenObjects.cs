using System.Text.Json.Nodes;
using Isthmus.Core.Dns;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What we write in one cluster, as it stands.</summary>
internal sealed record WrittenObjects(
    JsonObject? Namespace,
    IReadOnlyList<JsonObject> ServiceEntries,
    IReadOnlyList<JsonObject> DestinationRules,
    IReadOnlyList<JsonObject> Gateways,
    JsonObject? DnsConfigMap,
    IReadOnlyList<JsonObject> FormerDnsConfigMaps)
{
    private const string NotOurs = "app.kubernetes.io/managed-by!=isthmus";

    /// <param name="names">The names to look at; empty: all.</param>
    public static async Task<WrittenObjects> ReadAsync(
        ClusterApi api, MeshDocument mesh, MeshCluster cluster, IReadOnlyList<ServiceName> names, CancellationToken cancellationToken)
    {
        var ns = NamespaceObserver.ReadAsync(api, mesh, cancellationToken);
        var dns = DnsPlanner.Target(cluster) is { } target
            ? api.GetAsync(target.Kind, target.Namespace, target.Name, cancellationToken)
            : Task.FromResult<JsonObject?>(null);
        var former = names.Count == 0 ? FormerAsync(api, cluster, cancellationToken) : Task.FromResult<IReadOnlyList<JsonObject>>([]);
        // Istio's objects are read only in the control plane's cluster, so only there are any of ours.
        if (!cluster.HasOwnControlPlane)
            return new WrittenObjects(await ns.ConfigureAwait(false), [], [], [], await dns.ConfigureAwait(false), await former.ConfigureAwait(false));
        var hosts = names.Select(name => name.GlobalHost(mesh.Domain)).ToList();
        var entries = ReadAsync(api, ResourceKind.ServiceEntry, hosts, cancellationToken);
        var rules = ReadAsync(api, ResourceKind.DestinationRule, hosts, cancellationToken);
        var gateways = names.Count == 0
            ? api.ListAsync(ResourceKind.Gateway, null, null, null, cancellationToken)
            : GatewaysAsync(api, [.. names.Select(name => FederationNames.Gateway(cluster.Name, name.Namespace).Name).Distinct()], cancellationToken);
        await Task.WhenAll(ns, dns, former, entries, rules, gateways).ConfigureAwait(false);
        return new WrittenObjects(
            await ns.ConfigureAwait(false),
            await entries.ConfigureAwait(false),
            await rules.ConfigureAwait(false),
            await gateways.ConfigureAwait(false),
            await dns.ConfigureAwait(false),
            await former.ConfigureAwait(false));
    }

    private static async Task<IReadOnlyList<JsonObject>> FormerAsync(ClusterApi api, MeshCluster cluster, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(DnsPlanner.FormerTargets(cluster)
            .Select(target => api.GetAsync(target.Kind, target.Namespace, target.Name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<JsonObject>()];
    }

    private static async Task<IReadOnlyList<JsonObject>> ReadAsync(
        ClusterApi api, ResourceKind kind, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
            return await api.ListAsync(kind, SystemNamespaces.Isthmus, null, null, cancellationToken).ConfigureAwait(false);
        var found = await Task.WhenAll(names.Select(name => api.GetAsync(kind, SystemNamespaces.Isthmus, name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<JsonObject>()];
    }

    private static async Task<IReadOnlyList<JsonObject>> GatewaysAsync(
        ClusterApi api, IReadOnlyList<string> ours, CancellationToken cancellationToken)
    {
        var own = ReadAsync(api, ResourceKind.Gateway, ours, cancellationToken);
        var foreign = api.ListAsync(ResourceKind.Gateway, null, NotOurs, null, cancellationToken);
        await Task.WhenAll(own, foreign).ConfigureAwait(false);
        var all = (await own.ConfigureAwait(false)).Concat(await foreign.ConfigureAwait(false));
        return [.. all.DistinctBy(gateway => (gateway.NamespaceName(), gateway.Name()))];
    }
}
