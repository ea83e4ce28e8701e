using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Dns;

/// <summary>The virtual networks of a document, as far as private zones are concerned.</summary>
/// <param name="Linked">Those that are to see our zones, in the document's spelling.</param>
/// <param name="Unlinked">Those that are not (any more): of clusters that leave or resolve in another way, and of no other cluster.</param>
internal sealed record PrivateNetworks(ImmutableSortedSet<string> Linked, ImmutableSortedSet<string> Unlinked)
{
    public static PrivateNetworks Of(MeshDocument mesh)
    {
        var linked = Networks(cluster => IsServed(cluster));
        var gone = mesh.Gone.Select(cluster => cluster.VirtualNetwork).OfType<string>();
        return new PrivateNetworks(linked, Networks(cluster => !IsServed(cluster)).Union(gone).Except(linked));

        ImmutableSortedSet<string> Networks(Func<MeshCluster, bool> which) =>
            mesh.Clusters.Where(which).Select(cluster => cluster.VirtualNetwork).OfType<string>().ToImmutableSortedSet(StringComparer.OrdinalIgnoreCase);
    }

    public static bool IsServed(MeshCluster cluster) => cluster is { Dns: DnsKind.Private, Leaving: false };
}
