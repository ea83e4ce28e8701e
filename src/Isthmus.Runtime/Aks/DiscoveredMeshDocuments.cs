using System.Collections.Concurrent;
using Isthmus.Core.Aks;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Storage;

namespace Isthmus.Runtime.Aks;

/// <summary>
/// A mesh document with the AKS clusters that join by tag, and with what Azure says of those that it lists. What is known stands in a
/// register beside the document; reading costs no request to Azure Resource Manager, looking does.
/// </summary>
public sealed class DiscoveredMeshDocuments(IMeshDocumentSource documents, IStoredText register, ArmClient arm, TimeProvider time) : IMeshDocumentSource
{
    /// <summary>What the register's name ends in, after the document's.</summary>
    public const string RegisterSuffix = ".clusters";

    private const int AtOnce = 8;

    private readonly AksResources _resources = new(arm);
    private readonly ResourceGraph _graph = new(arm, time);
    private readonly RegisterStore _register = new(register, time);
    private volatile Merged? _merged;

    public async Task<MeshDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        return Merge(mesh, await _register.ReadAsync(cancellationToken).ConfigureAwait(false));
    }

    public async Task<MeshDocument> ReadRecentAsync(CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadRecentAsync(cancellationToken).ConfigureAwait(false);
        return Merge(mesh, await _register.ReadRecentAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Looks at everything: what Resource Graph finds, what is known, what the document lists.</summary>
    public async Task<MeshDocument> LookAsync(bool isDryRun, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var known = await _register.ReadAsync(cancellationToken).ConfigureAwait(false);
        var (found, notices) = await FindAsync(mesh, cancellationToken).ConfigureAwait(false);
        var listed = mesh.Clusters.Select(cluster => cluster.Access).OfType<ClusterAccess.Aks>().Select(access => access.ResourceId);
        var ids = found.Concat(known.Clusters.Values.Select(cluster => cluster.ResourceId)).Concat(listed).DistinctBy(ClusterRegister.Key).ToList();
        var looks = new ConcurrentDictionary<string, AksLook>(StringComparer.OrdinalIgnoreCase);
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, token) =>
            looks[id] = await LookAsync(id, token).ConfigureAwait(false)).ConfigureAwait(false);
        var after = isDryRun
            ? RegisterPlanner.Plan(mesh, known, looks, time.GetUtcNow())
            : await _register.ChangeAsync(before => RegisterPlanner.Plan(mesh, before, looks, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        foreach (var (id, look) in looks.OrderBy(look => look.Key, StringComparer.Ordinal))
        {
            if (look is AksLook.Unknown unknown)
                notices.Add($"{id} stays as it was: {unknown.Reason}");
        }

        return notices.Count == 0 && !isDryRun ? Merge(mesh, after) : DiscoveredMesh.Merge(mesh, after).WithNotices(notices);
    }

    /// <summary>Looks at one cluster, which something happened to. Throws where ARM does not say how it is, so that the event comes again.</summary>
    public async Task<MeshDocument> LookAtAsync(string resourceId, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var look = await LookAsync(resourceId, cancellationToken).ConfigureAwait(false);
        if (look is AksLook.Unknown unknown)
            throw new ArmUnreachableException($"{resourceId}: {unknown.Reason}");
        var looks = new Dictionary<string, AksLook> { [resourceId] = look };
        var after = await _register.ChangeAsync(before => RegisterPlanner.Plan(mesh, before, looks, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        if (RegisterPlanner.IsComing(mesh, after, look))
            throw new ArmUnreachableException($"{resourceId}: Azure is creating it; it joins once it is there");
        return Merge(mesh, after);
    }

    private async Task<(IReadOnlyList<string> Ids, List<string> Notices)> FindAsync(MeshDocument mesh, CancellationToken cancellationToken)
    {
        if (mesh.Discovery is not { } discovery)
            return ([], []);
        try
        {
            return (await _graph.FindAsync(discovery.Subscriptions, mesh.Name, cancellationToken).ConfigureAwait(false), []);
        }
        catch (Exception failure) when (failure is ArmException or ArmUnreachableException)
        {
            return ([], [$"no new clusters are found, the known ones stay: Resource Graph: {failure.Message}"]);
        }
    }

    private async Task<AksLook> LookAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await _resources.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } cluster ? new AksLook.Found(cluster) : new AksLook.Gone();
        }
        catch (Exception failure) when (failure is ArmException or ArmUnreachableException)
        {
            return new AksLook.Unknown(failure.Message);
        }
    }

    private MeshDocument Merge(MeshDocument mesh, ClusterRegister known)
    {
        if (_merged is { } last && ReferenceEquals(last.Source, mesh) && ReferenceEquals(last.Known, known))
            return last.Mesh;
        var merged = DiscoveredMesh.Merge(mesh, known);
        _merged = new Merged(mesh, known, merged);
        return merged;
    }

    private sealed record Merged(MeshDocument Source, ClusterRegister Known, MeshDocument Mesh);
}
