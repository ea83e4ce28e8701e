using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Finds the pod and Service ranges of clusters in mode 2 whose entry in the document does not give them.</summary>
internal sealed class RangeObserver(ClusterConnections connections)
{
    // ServiceCIDRs are served as v1 since 1.33, and as v1beta1 before where they are switched on.
    private static readonly ImmutableArray<ResourceKind> ServiceCidrs =
    [
        new("networking.k8s.io", "v1", "ServiceCIDR", "servicecidrs", false),
        new("networking.k8s.io", "v1beta1", "ServiceCIDR", "servicecidrs", false),
    ];

    // No range of Services holds these, so that the refusal names the range; and nothing is stored, whatever the answer.
    private static readonly ImmutableArray<string> Impossible = ["0.0.0.1", "::1"];

    public async Task<IReadOnlyDictionary<ClusterName, ClusterRanges>> ObserveAsync(MeshDocument mesh, RunState state, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<ClusterName, ClusterRanges>();
        await Task.WhenAll(RangePreflight.ToBeFound(mesh).Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            found[cluster.Name] = await FindAsync(api, cluster, cancellationToken).ConfigureAwait(false);
            return api;
        }))).ConfigureAwait(false);
        return found;
    }

    /// <summary>What the document does not give of one cluster's ranges.</summary>
    public static async Task<ClusterRanges> FindAsync(ClusterApi api, MeshCluster cluster, CancellationToken cancellationToken) => new()
    {
        Pods = cluster.PodCidrs.IsEmpty
            ? ClusterRanges.PodsOf(await api.ListAsync(ResourceKind.Node, null, null, null, ClusterRanges.Trim, cancellationToken).ConfigureAwait(false))
            : [],
        Services = cluster.ServiceCidrs.IsEmpty ? await ServicesAsync(api, cancellationToken).ConfigureAwait(false) : [],
    };

    /// <summary>The same without asking for a range by a Service that cannot be: what a cluster does not show stays unknown.</summary>
    public static async Task<ClusterRanges> LookAsync(ClusterApi api, MeshCluster cluster, CancellationToken cancellationToken) => new()
    {
        Pods = cluster.PodCidrs.IsEmpty ? ClusterRanges.PodsOf(await ListAsync(api, ResourceKind.Node, ClusterRanges.Trim, cancellationToken).ConfigureAwait(false)) : [],
        Services = cluster.ServiceCidrs.IsEmpty ? await ShownAsync(api, cancellationToken).ConfigureAwait(false) : [],
    };

    private static async Task<ImmutableArray<IPNetwork>> ServicesAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        var shown = await ShownAsync(api, cancellationToken).ConfigureAwait(false);
        if (!shown.IsEmpty)
            return shown;
        var refusals = await Task.WhenAll(Impossible.Select(address => RefusalAsync(api, address, cancellationToken))).ConfigureAwait(false);
        return [.. refusals.SelectMany(refusal => ClusterRanges.ServicesOf(refusal))];
    }

    private static async Task<ImmutableArray<IPNetwork>> ShownAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        foreach (var kind in ServiceCidrs)
        {
            var ranges = ClusterRanges.ServicesOf(await ListAsync(api, kind, found => found, cancellationToken).ConfigureAwait(false));
            if (!ranges.IsEmpty)
                return ranges;
        }

        return [];
    }

    private static async Task<IReadOnlyList<JsonObject>> ListAsync(ClusterApi api, ResourceKind kind, Func<JsonObject, JsonObject> keep, CancellationToken cancellationToken)
    {
        try
        {
            return await api.ListAsync(kind, null, null, null, keep, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterApiException refusal) when (refusal.Status == 403)
        {
            return [];
        }
    }

    private static async Task<string> RefusalAsync(ClusterApi api, string address, CancellationToken cancellationToken)
    {
        var service = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject { ["name"] = "isthmus-range", ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["clusterIP"] = address, ["ports"] = new JsonArray(new JsonObject { ["port"] = 443 }) },
        };
        try
        {
            await api.TryCreateAsync(ResourceKind.Service, service, cancellationToken).ConfigureAwait(false);
            return "";
        }
        catch (ClusterApiException refusal)
        {
            return refusal.Message;
        }
    }
}
