using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.EventGrid;

/// <summary>
/// Lists the EndpointSlices of exported Services where no webhook tells of them (<c>webhook: {endpointSlices: poll}</c>), and publishes
/// what changed since this instance looked last. The first look only remembers: what was missed before it is left to Resync.
/// </summary>
public sealed class EndpointSlicePoll(
    IMeshDocumentSource documents, ClusterConnections connections, IMeshEventPublisher publisher, ILogger<EndpointSlicePoll> logger)
{
    private static readonly string[] Labels = [FederationNames.ExportLabel, FederationNames.ExportedLabel];

    private readonly ConcurrentDictionary<ClusterName, Dictionary<ServiceName, string>> _last = new();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(mesh.Clusters.Where(cluster => cluster is { SlicesNotify: false, Leaving: false }).Select(cluster => LookAsync(cluster, cancellationToken)))
            .ConfigureAwait(false);
    }

    private async Task LookAsync(MeshCluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            var now = await ReadAsync(connections.Get(cluster), cancellationToken).ConfigureAwait(false);
            if (_last.TryGetValue(cluster.Name, out var before))
            {
                var changed = now.Keys.Union(before.Keys).Where(name => now.GetValueOrDefault(name) != before.GetValueOrDefault(name)).Order();
                MeshEvent[] events = [.. changed.Select(name => new MeshEvent.ServiceChanged(cluster.Name, name, "UPDATE", null, null) { Kind = ResourceKind.EndpointSlice.Kind })];
                if (events.Length > 0)
                    await publisher.PublishAsync(events, cancellationToken).ConfigureAwait(false);
            }

            // Only now, so that what could not be published is found again.
            _last[cluster.Name] = now;
        }
        catch (Exception fault) when (fault is ClusterUnreachableException or ClusterApiException or MeshEventPublishException)
        {
            logger.LogWarning("EndpointSlices of {Cluster} are looked at again in half a minute: {Reason}", cluster.Name, fault.Message);
        }
    }

    private static async Task<Dictionary<ServiceName, string>> ReadAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(Labels.Select(label => api.ListAsync(ResourceKind.EndpointSlice, null, $"{label}=true", null, cancellationToken)))
            .ConfigureAwait(false);
        return lists.SelectMany(list => list)
            .DistinctBy(slice => (slice.NamespaceName(), slice.Name()))
            .GroupBy(slice => new ServiceName(slice.NamespaceName() ?? "", slice.Label("kubernetes.io/service-name") ?? ""))
            .ToDictionary(slices => slices.Key, Fingerprint);
    }

    private static string Fingerprint(IEnumerable<JsonObject> slices) =>
        string.Join('\n', slices.Select(ChangeReview.FingerprintOfSlice).Order(StringComparer.Ordinal));
}
