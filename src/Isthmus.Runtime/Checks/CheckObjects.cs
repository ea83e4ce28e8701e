using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Dns;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.Checks;

/// <summary>Reads the objects that the rules of the preflight go by, in one cluster, and tries its gateway.</summary>
internal sealed class CheckObjects(ClusterApi api, CheckReader reader)
{
    // v1beta1 is served by every Istio of today.
    private static readonly ImmutableArray<ResourceKind> IstioKinds =
    [
        ResourceKind.Gateway,
        ResourceKind.ServiceEntry,
        ResourceKind.DestinationRule,
        new("networking.istio.io", "v1beta1", "Sidecar", "sidecars", true),
        new("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications", true),
        new("security.istio.io", "v1beta1", "AuthorizationPolicy", "authorizationpolicies", true),
    ];

    public async Task<ClusterCheckSnapshot> ReadAsync(MeshDocument mesh, MeshCluster cluster, CancellationToken cancellationToken)
    {
        var sources = await reader.GuardAsync<ExportSources>(
            "what the cluster exports", async () => await ExportSources.ReadAsync(api, cluster, [], allServices: false, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var declared = (sources?.ServiceExports ?? []).Select(FederationNames.NameOf).ToHashSet();
        var dns = DnsPlanner.Target(cluster) is { } target ? await reader.GetAsync(target.Kind, target.Namespace, target.Name, cancellationToken).ConfigureAwait(false) : null;
        var secret = TrustPlanner.CaSecret(cluster.Name);
        return new ClusterCheckSnapshot
        {
            Exported = [.. (sources?.Services ?? []).Where(service =>
                cluster.AllowsExportFrom(service.NamespaceName() ?? "") && (FederationNames.IsExported(service) || declared.Contains(FederationNames.NameOf(service))))],
            Pods = sources?.Pods ?? [],
            GatewayService = sources?.GatewayService,
            Nodes = sources?.Nodes ?? [],
            GatewayPods = await GatewayPodsAsync(mesh, cluster, sources?.GatewayService, cancellationToken).ConfigureAwait(false),
            Probes = await ProbesAsync(cluster, cancellationToken).ConfigureAwait(false),
            Objects = await ObjectsAsync(cluster, cancellationToken).ConfigureAwait(false),
            DnsConfigMap = dns,
            OtherDnsConfigMaps = await OthersAsync(cluster, cancellationToken).ConfigureAwait(false),
            NodeLocalDns = await reader.GetAsync(ResourceKind.ConfigMap, DnsPlanner.Namespace, "node-local-dns", cancellationToken).ConfigureAwait(false),
            CaSecret = cluster.HasOwnControlPlane ? await reader.GetAsync(secret.Kind, secret.Namespace, secret.Name, cancellationToken).ConfigureAwait(false) : null,
            RemoteSecrets = cluster.HasOwnControlPlane
                ? await reader.ListAsync(ResourceKind.Secret, SystemNamespaces.Istio, $"{RemoteSecret.Label}=true", cancellationToken).ConfigureAwait(false)
                : [],
            Ranges = await reader.GuardAsync<ClusterRanges>(
                "the pod and Service ranges", async () => await RangeObserver.FindAsync(api, cluster, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false) ?? ClusterRanges.Unknown,
        };
    }

    private async Task<IReadOnlyList<JsonObject>> OthersAsync(MeshCluster cluster, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(DnsPlanner.FormerTargets(cluster).Select(target => reader.GetAsync(target.Kind, target.Namespace, target.Name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<JsonObject>()];
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<JsonObject>>> ObjectsAsync(MeshCluster cluster, CancellationToken cancellationToken)
    {
        var kinds = cluster.HasOwnControlPlane ? IstioKinds.Add(ResourceKind.MutatingWebhookConfiguration) : [ResourceKind.MutatingWebhookConfiguration];
        var lists = await Task.WhenAll(kinds.Select(kind => reader.ListAsync(kind, null, null, cancellationToken))).ConfigureAwait(false);
        return kinds.Zip(lists).ToDictionary(pair => pair.First.Plural, pair => pair.Second);
    }

    private async Task<IReadOnlyList<JsonObject>> GatewayPodsAsync(MeshDocument mesh, MeshCluster cluster, JsonObject? service, CancellationToken cancellationToken)
    {
        if (cluster.Gateway is not { } gateway || mesh.Find(cluster.ControlPlane) is not { } controlPlane || !ServedGroup.Of(mesh, controlPlane).HasSeveralNetworks)
            return [];
        var selector = string.Join(',', GatewayAddress.Selector(gateway, service).Select(label => $"{label.Key}={label.Value}"));
        return await reader.ListAsync(ResourceKind.Pod, gateway.Service?.Namespace, selector, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<SeenProbe>> ProbesAsync(MeshCluster cluster, CancellationToken cancellationToken)
    {
        if (cluster.Gateway is null)
            return [];
        var target = await reader.GuardAsync<GatewayTarget>(
            "the gateway", async () => await GatewayTarget.ReadAsync(api, cluster, ClusterGatewayHealth.Unknown, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        if (target is null || !target.IsReady || target.ServerNames.IsEmpty)
            return [];
        var probe = new GatewayProbe(TimeProvider.System);
        var results = await Task.WhenAll(target.Addresses.Select(address => probe.ProbeAsync(address, target.ServerNames[0], cancellationToken))).ConfigureAwait(false);
        return [.. results.Select(result => new SeenProbe(result.Address, result.IsAnswer, result.Detail))];
    }
}
