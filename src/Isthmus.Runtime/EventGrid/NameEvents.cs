using Isthmus.Core.Events;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.EventGrid;

/// <summary>One event a name, for what concerns many names at once: no single run could do them all in the time that a delivery has.</summary>
internal static class NameEvents
{
    private const int Parallel = 16;

    public static Task PublishAsync(IMeshEventPublisher publisher, ClusterName cluster, IEnumerable<ServiceName> names, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            names,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (name, token) => await publisher.PublishAsync(new MeshEvent.ServiceChanged(cluster, name, "UPDATE", null, null), token).ConfigureAwait(false));
}
