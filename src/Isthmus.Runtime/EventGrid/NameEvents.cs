using Isthmus.Core.Events;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.EventGrid;

/// <summary>One event a name, for what concerns many names at once: no single run could do them all in the time that a delivery has.</summary>
internal static class NameEvents
{
    public static Task PublishAsync(IMeshEventPublisher publisher, ClusterName cluster, IEnumerable<ServiceName> names, CancellationToken cancellationToken) =>
        publisher.PublishAsync([.. names.Select(name => new MeshEvent.ServiceChanged(cluster, name, "UPDATE", null, null))], cancellationToken);
}
