using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Aks;

/// <summary>
/// What the register should hold after some looks. A cluster that was not looked at stays as it is, whatever a query left out; one is gone
/// only where ARM says so, and one that lost its tag stays until it was leaving.
/// </summary>
public static class RegisterPlanner
{
    /// <summary>How long a cluster that is gone is remembered: until every runner has withdrawn what it exported, and far beyond.</summary>
    private static readonly TimeSpan Remembrance = TimeSpan.FromDays(30);

    /// <param name="mesh">The document without discovered clusters.</param>
    /// <param name="register">What is known so far.</param>
    /// <param name="looks">By ARM id, in any case.</param>
    /// <param name="now">The time of the looks.</param>
    public static ClusterRegister Plan(MeshDocument mesh, ClusterRegister register, IReadOnlyDictionary<string, AksLook> looks, DateTimeOffset now)
    {
        var second = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var clusters = register.Clusters.ToBuilder();
        foreach (var (id, look) in looks)
        {
            var key = ClusterRegister.Key(id);
            var after = After(mesh, register.Find(id), id, look, second);
            if (after is null)
                clusters.Remove(key);
            else
                clusters[key] = after;
        }

        clusters.RemoveRange([.. clusters.Where(entry => entry.Value.GoneSince is { } gone && now - gone > Remembrance && Listed(mesh, entry.Key) is null).Select(entry => entry.Key)]);
        return new ClusterRegister(Named(mesh, clusters.ToImmutable()));
    }

    /// <summary>The cluster of the document that is reached by an ARM id; null where it lists none.</summary>
    public static MeshCluster? Listed(MeshDocument mesh, string resourceId) => mesh.Clusters.FirstOrDefault(cluster =>
        cluster.Access is ClusterAccess.Aks aks && ClusterRegister.Key(aks.ResourceId) == ClusterRegister.Key(resourceId));

    private static KnownCluster? After(MeshDocument mesh, KnownCluster? before, string id, AksLook look, DateTimeOffset now)
    {
        var isListed = Listed(mesh, id) is not null;
        switch (look)
        {
            case AksLook.Gone:
                return !isListed && before is not { IsDiscovered: true }
                    ? null
                    : (before ?? new KnownCluster { ResourceId = id, Since = now }) with { GoneSince = before?.GoneSince ?? now };
            case AksLook.Found found:
                var isTagged = IsTagged(mesh, found.Cluster);
                var hasLeft = before is { IsDiscovered: true, IsLeaving: true } && !isTagged;
                var joins = before is { IsDiscovered: true } || (isTagged && mesh.Discovery?.Covers(id) == true);
                if (!isListed && (hasLeft || !joins || (before is null && IsInTheMaking(found.Cluster))))
                    return null;
                return Read(found.Cluster, before, now) with { IsTagged = isTagged, IsDiscovered = !isListed && joins };
            default:
                return before;
        }
    }

    /// <summary>Whether a cluster is to join that has no API server yet: somebody has to look again.</summary>
    public static bool IsComing(MeshDocument mesh, ClusterRegister register, AksLook look) =>
        look is AksLook.Found { Cluster: var cluster } && IsInTheMaking(cluster) && register.Find(cluster.ResourceId) is null
        && IsTagged(mesh, cluster) && mesh.Discovery?.Covers(cluster.ResourceId) == true;

    private static bool IsTagged(MeshDocument mesh, AksCluster cluster) =>
        string.Equals(cluster.Tags.GetValueOrDefault(AksTags.Mesh), mesh.Name, StringComparison.OrdinalIgnoreCase);

    private static bool IsInTheMaking(AksCluster cluster) => cluster.ProvisioningState == "Creating";

    private static KnownCluster Read(AksCluster seen, KnownCluster? before, DateTimeOffset now) => new()
    {
        ResourceId = seen.ResourceId,
        Since = before is { GoneSince: null } ? before.Since : now,
        Name = before?.Name,
        Location = seen.Location,
        VirtualNetwork = seen.VirtualNetwork,
        HasFlatPods = seen.HasFlatPods,
        Network = Tag(seen, AksTags.Network),
        ControlPlane = Tag(seen, AksTags.ControlPlane),
        Gateway = Tag(seen, AksTags.Gateway),
        WantedName = DiscoveredName.Of(seen),
        PodCidrs = KnownCluster.Join(seen.PodCidrs),
        ServiceCidrs = KnownCluster.Join(seen.ServiceCidrs),
        IsLeaving = string.Equals(Tag(seen, AksTags.State), "leaving", StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Whoever has a name keeps it; free ones go by who came first.</summary>
    private static ImmutableSortedDictionary<string, KnownCluster> Named(MeshDocument mesh, ImmutableSortedDictionary<string, KnownCluster> clusters)
    {
        var taken = mesh.Clusters.Select(cluster => cluster.Name.Value).ToHashSet(StringComparer.Ordinal);
        var named = clusters.ToBuilder();
        var discovered = clusters.Where(entry => entry.Value.IsDiscovered).OrderBy(entry => entry.Value.Since).ThenBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        foreach (var (key, cluster) in discovered.OrderByDescending(entry => entry.Value.Name is not null))
        {
            var name = cluster.Name is { } held && taken.Add(held) ? held : taken.Add(cluster.WantedName) ? cluster.WantedName : null;
            named[key] = cluster with { Name = name };
        }

        foreach (var (key, cluster) in clusters.Where(entry => !entry.Value.IsDiscovered))
            named[key] = cluster with { Name = null };
        return named.ToImmutable();
    }

    private static string? Tag(AksCluster cluster, string name) => cluster.Tags.GetValueOrDefault(name)?.Trim() is { Length: > 0 } value ? value : null;
}
