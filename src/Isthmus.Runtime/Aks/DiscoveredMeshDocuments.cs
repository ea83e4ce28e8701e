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
    private const int Tries = 5;

    private readonly AksResources _resources = new(arm);
    private readonly ResourceGraph _graph = new(arm, time);
    private volatile Merged? _last;

    public async Task<MeshDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        return Merge(mesh, await RegisterAsync(cancellationToken).ConfigureAwait(false), []);
    }

    public async Task<MeshDocument> ReadRecentAsync(CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadRecentAsync(cancellationToken).ConfigureAwait(false);
        // While the document is the same object nobody looked anew, so that the register is as recent.
        return _last is { } last && ReferenceEquals(last.Source, mesh) && time.GetElapsedTime(last.At) < BlobMeshDocumentSource.Recent
            ? last.Mesh
            : await RecentAsync(mesh, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at everything: what Resource Graph finds, what is known, what the document lists.</summary>
    public async Task<MeshDocument> LookAsync(bool isDryRun, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var known = await RegisterAsync(cancellationToken).ConfigureAwait(false);
        var (found, notice) = await FindAsync(mesh, cancellationToken).ConfigureAwait(false);
        var listed = mesh.Clusters.Select(cluster => cluster.Access).OfType<ClusterAccess.Aks>().Select(access => access.ResourceId);
        var ids = found.Concat(known.Register.Clusters.Values.Select(cluster => cluster.ResourceId)).Concat(listed).DistinctBy(ClusterRegister.Key).ToList();
        var looks = new ConcurrentDictionary<string, AksLook>(StringComparer.OrdinalIgnoreCase);
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, token) =>
            looks[id] = await LookAsync(id, token).ConfigureAwait(false)).ConfigureAwait(false);
        var after = await KeepAsync(mesh, known, looks, isDryRun, cancellationToken).ConfigureAwait(false);
        var silent = looks.Where(look => look.Value is AksLook.Unknown).OrderBy(look => look.Key, StringComparer.Ordinal)
            .Select(look => $"{look.Key} stays as it was: {(look.Value as AksLook.Unknown)?.Reason}");
        List<string> notices = [.. notice is null ? [] : new[] { notice }, .. silent];
        // What a dry run saw is not what others know.
        return isDryRun ? DiscoveredMesh.Merge(mesh, after.Register).WithNotices(notices) : Merge(mesh, after, notices);
    }

    /// <summary>Looks at one cluster, which something happened to. Throws where ARM does not say how it is, so that the event comes again.</summary>
    public async Task<MeshDocument> LookAtAsync(string resourceId, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var known = await RegisterAsync(cancellationToken).ConfigureAwait(false);
        var look = await LookAsync(resourceId, cancellationToken).ConfigureAwait(false);
        if (look is AksLook.Unknown unknown)
            throw new ArmUnreachableException($"{resourceId}: {unknown.Reason}");
        var after = await KeepAsync(mesh, known, new Dictionary<string, AksLook> { [resourceId] = look }, false, cancellationToken).ConfigureAwait(false);
        return Merge(mesh, after, []);
    }

    private async Task<MeshDocument> RecentAsync(MeshDocument mesh, CancellationToken cancellationToken)
    {
        try
        {
            return Merge(mesh, await RegisterAsync(cancellationToken).ConfigureAwait(false), []);
        }
        catch (StorageUnavailableException) when (_last is not null)
        {
            // Storage out of reach takes no webhook down; runs tell of it.
            return Merge(mesh, _last.Known, []);
        }
    }

    private async Task<(IReadOnlyList<string> Ids, string? Notice)> FindAsync(MeshDocument mesh, CancellationToken cancellationToken)
    {
        if (mesh.Discovery is not { } discovery)
            return ([], null);
        try
        {
            return (await _graph.FindAsync(discovery.Subscriptions, mesh.Name, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception failure) when (failure is ArmException or ArmUnreachableException)
        {
            return ([], $"no new clusters are found, the known ones stay: Resource Graph: {failure.Message}");
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

    private async Task<Known> RegisterAsync(CancellationToken cancellationToken)
    {
        var known = _last?.Known;
        var text = await register.ReadAsync(known?.Text, cancellationToken).ConfigureAwait(false);
        if (text is null)
            return new Known(null, ClusterRegister.Empty);
        if (known is not null && ReferenceEquals(known.Text, text))
            return known;
        return new Known(text, ClusterRegister.Read(text.Text) ?? throw new StorageUnavailableException(register.Place, "it is no register of clusters: delete it, and it is made anew at the next full run"));
    }

    /// <summary>Other instances look too: whoever comes second plans anew on what the first one wrote.</summary>
    private async Task<Known> KeepAsync(
        MeshDocument mesh, Known known, IReadOnlyDictionary<string, AksLook> looks, bool isDryRun, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            var after = RegisterPlanner.Plan(mesh, known.Register, looks, time.GetUtcNow());
            var text = after.Write();
            if (text == known.Register.Write())
                return known;
            if (isDryRun)
                return known with { Register = after };
            if (await register.TryWriteAsync(text, known.Text, cancellationToken).ConfigureAwait(false))
                return await RegisterAsync(cancellationToken).ConfigureAwait(false);
            if (tried == Tries)
                throw new StorageUnavailableException(register.Place, "others write it all the time");
            known = await RegisterAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private MeshDocument Merge(MeshDocument mesh, Known known, List<string> notices)
    {
        if (notices.Count == 0 && _last is { } last && ReferenceEquals(last.Source, mesh) && ReferenceEquals(last.Known, known))
        {
            _last = last with { At = time.GetTimestamp() };
            return last.Mesh;
        }

        var merged = DiscoveredMesh.Merge(mesh, known.Register);
        if (notices.Count > 0)
            return merged.WithNotices(notices);
        _last = new Merged(mesh, known, merged, time.GetTimestamp());
        return merged;
    }

    private sealed record Known(StoredText? Text, ClusterRegister Register);

    private sealed record Merged(MeshDocument Source, Known Known, MeshDocument Mesh, long At);
}
