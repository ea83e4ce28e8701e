using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>All exports that are known: those seen, and those remembered of clusters that cannot be seen now.</summary>
internal sealed class MeshExports
{
    private MeshExports(ImmutableArray<SeenExport> seen, ImmutableSortedDictionary<ServiceName, GlobalService> services)
    {
        Seen = seen;
        Services = services;
    }

    /// <summary>Of reachable clusters that stay in the mesh: everything in scope's namespaces, refused ones included.</summary>
    public ImmutableArray<SeenExport> Seen { get; }

    /// <summary>The global names in scope.</summary>
    public ImmutableSortedDictionary<ServiceName, GlobalService> Services { get; }

    /// <summary>Every name in scope that clients may use.</summary>
    public IEnumerable<GlobalName> Names => Services.Values.SelectMany(service => service.Names);

    public static MeshExports Of(MeshDocument mesh, FederationSnapshot snapshot)
    {
        var seen = ImmutableArray.CreateBuilder<SeenExport>();
        foreach (var cluster in mesh.Clusters.Where(cluster => !cluster.Leaving).OrderBy(cluster => cluster.Name))
        {
            if (!snapshot.Clusters.TryGetValue(cluster.Name, out var found))
                continue;
            seen.AddRange(new ExportReader(cluster, found, TrustDomain.Of(mesh, cluster, snapshot), snapshot.Now).ReadAll());
        }

        var offers = seen.Where(export => export.Exporter is not null && snapshot.Scope.Includes(export.Name))
            .Select(export => (export.Name, Exporter: export.Exporter ?? throw new System.Diagnostics.UnreachableException()))
            .Concat(Remembered(mesh, snapshot))
            .GroupBy(offer => offer.Name);
        var services = offers.Select(group => GlobalService.Of(group.Key, group.Select(offer => offer.Exporter)));
        return new MeshExports(seen.ToImmutable(), services.ToImmutableSortedDictionary(service => service.Name, service => service));
    }

    private static List<(ServiceName Name, Exporter Exporter)> Remembered(MeshDocument mesh, FederationSnapshot snapshot)
    {
        // Clusters that can be reached speak for themselves, and where all can be there is nothing to remember.
        var silent = mesh.Clusters.Where(cluster => !cluster.Leaving && !snapshot.Clusters.ContainsKey(cluster.Name)).ToDictionary(cluster => cluster.Name);
        if (silent.Count == 0)
            return [];
        var known = new Dictionary<(ServiceName, ClusterName), Exporter>();
        foreach (var entry in snapshot.Clusters.OrderBy(cluster => cluster.Key).SelectMany(cluster => cluster.Value.ServiceEntries))
        {
            if (KnownExporters.ServiceOf(entry) is not { } name || !snapshot.Scope.Includes(name))
                continue;
            foreach (var exporter in KnownExporters.Read(entry))
            {
                if (silent.TryGetValue(exporter.Cluster, out var cluster) && cluster.AllowsExportFrom(name.Namespace))
                    known.TryAdd((name, exporter.Cluster), exporter);
            }
        }

        return [.. known.Select(entry => (entry.Key.Item1, entry.Value))];
    }
}
