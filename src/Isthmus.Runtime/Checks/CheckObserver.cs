using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Checks;

/// <summary>Looks at one cluster for the preflight. It writes nothing.</summary>
internal sealed class CheckObserver(ClusterConnections connections)
{
    // Questions about rights are many and small; a server answers a few at once without being kept from its work.
    private const int QuestionsAtOnce = 8;

    public async Task<ClusterCheckSnapshot> ObserveAsync(MeshDocument mesh, MeshCluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            var api = connections.Get(cluster);
            // The first request opens the connection, which is not the server's time.
            await api.AskVersionAsync(cancellationToken).ConfigureAwait(false);
            var answer = await api.AskVersionAsync(cancellationToken).ConfigureAwait(false);
            var missing = await MissingRightsAsync(api, cluster, cancellationToken).ConfigureAwait(false);
            var reader = new CheckReader(api);
            var istiods = cluster.HasOwnControlPlane ? await IstiodsAsync(reader, cancellationToken).ConfigureAwait(false) : [];
            var looked = await new CheckObjects(api, reader).ReadAsync(mesh, cluster, cancellationToken).ConfigureAwait(false);
            return looked with { Answer = answer, MissingRights = missing, Istiods = istiods, Unread = [.. reader.Unread] };
        }
        catch (Exception fault) when (fault is ClusterUnreachableException or ClusterApiException)
        {
            return new ClusterCheckSnapshot { Silence = fault.Message };
        }
    }

    private static async Task<ImmutableArray<RequiredRight>> MissingRightsAsync(ClusterApi api, MeshCluster cluster, CancellationToken cancellationToken)
    {
        var needed = RequiredRights.In(cluster).ToArray();
        var allowed = new bool[needed.Length];
        await Parallel.ForAsync(
            0, needed.Length, new ParallelOptions { MaxDegreeOfParallelism = QuestionsAtOnce, CancellationToken = cancellationToken },
            async (at, token) => allowed[at] = await api.MayAsync(needed[at], token).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. needed.Where((_, at) => !allowed[at])];
    }

    /// <summary>The istiods of a cluster with a control plane of its own.</summary>
    public static async Task<ImmutableArray<SeenIstiod>> IstiodsAsync(CheckReader reader, CancellationToken cancellationToken)
    {
        var deployments = await reader.ListAsync(ResourceKind.Deployment, SystemNamespaces.Istio, "app=istiod", cancellationToken).ConfigureAwait(false);
        return [.. await Task.WhenAll(deployments.Select(found => IstiodAsync(reader, found, cancellationToken))).ConfigureAwait(false)];
    }

    private static async Task<SeenIstiod> IstiodAsync(CheckReader reader, JsonObject deployment, CancellationToken cancellationToken)
    {
        var revision = deployment.Label("istio.io/rev") ?? InjectionPolicy.DefaultRevision;
        var name = revision == InjectionPolicy.DefaultRevision ? "istio" : $"istio-{revision}";
        var config = await reader.GetAsync(ResourceKind.ConfigMap, SystemNamespaces.Istio, name, cancellationToken).ConfigureAwait(false);
        return new SeenIstiod(
            deployment.Name(),
            revision,
            IstiodDeployment.Version(deployment),
            (deployment["status"] as JsonObject)?["readyReplicas"] is JsonValue ready && ready.TryGetValue<int>(out var count) ? count : 0,
            IstiodDeployment.Environment(deployment),
            ObjectMetadata.TextOf((config?["data"] as JsonObject)?["mesh"]));
    }
}
