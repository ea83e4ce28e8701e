using System.Collections.Concurrent;
using Isthmus.Core.Events;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>
/// Asks for a look at every name of the mesh, one event each: what concerns a whole cluster concerns all names, and no single run could
/// do them all in the time that a delivery has (design, consistency rule 7).
/// </summary>
public sealed class NameFanOut(ClusterConnections connections, IMeshEventPublisher publisher)
{
    /// <param name="mesh">The document to go by.</param>
    /// <param name="cluster">The cluster that changed.</param>
    /// <param name="state">What the run has met so far; a cluster that is silent adds no names.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    internal async Task PublishAsync(MeshDocument mesh, ClusterName cluster, RunState state, CancellationToken cancellationToken)
    {
        var names = new ConcurrentDictionary<ServiceName, bool>();
        await Task.WhenAll(mesh.Clusters.Where(other => !other.Leaving).Select(other => state.TryAsync(other.Name, async () =>
        {
            var api = connections.Get(other);
            foreach (var service in await api.ListAsync(ResourceKind.Service, null, $"{FederationNames.ExportLabel}=true", null, cancellationToken).ConfigureAwait(false))
                names[FederationNames.NameOf(service)] = true;
            if (!other.HasOwnControlPlane)
                return api;
            // Names whose export is gone are among these: they are to be withdrawn.
            foreach (var entry in await api.ListAsync(ResourceKind.ServiceEntry, SystemNamespaces.Isthmus, Ownership.Selector(mesh.Name), null, cancellationToken).ConfigureAwait(false))
            {
                if (KnownExporters.ServiceOf(entry) is { } name)
                    names[name] = true;
            }

            return api;
        }))).ConfigureAwait(false);
        await NameEvents.PublishAsync(publisher, cluster, names.Keys.Order(), cancellationToken).ConfigureAwait(false);
    }
}
