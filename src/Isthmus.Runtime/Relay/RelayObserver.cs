using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Relay;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Relay;

/// <summary>Reads what is there of a cluster's relay, and makes the certificate that it may need.</summary>
internal static class RelayObserver
{
    private static readonly ObjectId Dns = new(default, ResourceKind.Service, "kube-system", "kube-dns");

    /// <param name="api">The cluster's API.</param>
    /// <param name="cluster">As the document has it.</param>
    /// <param name="webhooks">Our webhook configurations, read before.</param>
    /// <param name="time">Tells the time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<RelaySnapshot> ReadAsync(ClusterApi api, MeshCluster cluster, IReadOnlyCollection<JsonObject> webhooks, TimeProvider time, CancellationToken cancellationToken)
    {
        var certificate = await FindAsync(api, RelayNames.Certificate(cluster.Name), cancellationToken).ConfigureAwait(false);
        // Where it is neither wanted nor left over there is nothing more to see.
        if (certificate is null && cluster is not { WebhookReach: WebhookReach.Relay, Leaving: false })
            return new RelaySnapshot { Now = time.GetUtcNow() };
        var configuration = FindAsync(api, RelayNames.Configuration(cluster.Name), cancellationToken);
        var service = FindAsync(api, RelayNames.Service(cluster.Name), cancellationToken);
        var deployment = FindAsync(api, RelayNames.Deployment(cluster.Name), cancellationToken);
        var budget = FindAsync(api, RelayNames.Budget(cluster.Name), cancellationToken);
        var dns = FindAsync(api, Dns, cancellationToken);
        await Task.WhenAll(configuration, service, deployment, budget, dns).ConfigureAwait(false);
        var seen = new RelaySnapshot
        {
            Configuration = await configuration.ConfigureAwait(false),
            Certificate = certificate,
            Service = await service.ConfigureAwait(false),
            Deployment = await deployment.ConfigureAwait(false),
            Budget = await budget.ConfigureAwait(false),
            ClusterDns = await dns.ConfigureAwait(false),
            Now = time.GetUtcNow(),
        };
        return RelayPlanner.NeedsCertificate(cluster, seen, webhooks) ? seen with { Fresh = RelayCertificates.Make(seen.Now, RelayPlanner.CertificateLifetime) } : seen;
    }

    private static Task<JsonObject?> FindAsync(ClusterApi api, ObjectId id, CancellationToken cancellationToken) => api.GetAsync(id.Kind, id.Namespace, id.Name, cancellationToken);
}
