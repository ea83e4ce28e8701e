using System.Collections.Concurrent;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Aks;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.Mesh;
using k8s;
using k8s.Exceptions;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>The clusters of a mesh document, each connected once and again when its access changes.</summary>
public sealed class ClusterConnections(
    IMeshDocumentSource documents, ClusterApiOptions options, TimeProvider time, ArmClient? arm = null, AzureAccess? azure = null) : IDisposable
{
    private readonly ConcurrentDictionary<ClusterName, Lazy<Connection>> _connections = new();

    /// <summary>Azure, for what a mesh keeps there; null where this host has no identity for it.</summary>
    internal ArmClient? Arm => arm;

    /// <summary>The cluster of the current document; throws <see cref="ClusterUnreachableException"/> where it is unknown or cannot be connected.</summary>
    public async Task<ClusterApi> GetAsync(ClusterName name, CancellationToken cancellationToken)
    {
        var document = await documents.ReadRecentAsync(cancellationToken).ConfigureAwait(false);
        return Get(document.Find(name) ?? throw new ClusterUnreachableException(name, "the mesh document does not list it"));
    }

    /// <summary>The connection to a cluster. Nothing is sent yet.</summary>
    public ClusterApi Get(MeshCluster cluster)
    {
        var stamp = Stamp(cluster.Access);
        while (true)
        {
            var entry = _connections.GetOrAdd(cluster.Name, _ => new Lazy<Connection>(() => Connect(cluster, stamp)));
            Connection connection;
            try
            {
                connection = entry.Value;
            }
            catch (ClusterUnreachableException)
            {
                // What could not be connected is tried anew by the next caller.
                _connections.TryRemove(KeyValuePair.Create(cluster.Name, entry));
                throw;
            }

            if (connection.Stamp == stamp && !connection.Api.IsStale)
                return connection.Api;
            // The old client is left to requests still under way; it holds only pooled connections that expire.
            _connections.TryRemove(KeyValuePair.Create(cluster.Name, entry));
        }
    }

    public void Dispose()
    {
        foreach (var entry in _connections.Values.Where(entry => entry.IsValueCreated))
            entry.Value.Api.Dispose();
    }

    private static (ClusterAccess Access, DateTime Written) Stamp(ClusterAccess access) =>
        (access, access is ClusterAccess.Kubeconfig file ? File.GetLastWriteTimeUtc(file.Path) : default);

    private Connection Connect(MeshCluster cluster, (ClusterAccess, DateTime) stamp)
    {
        if (cluster.Access is ClusterAccess.Kubeconfig file)
            return new Connection(new ClusterApi(cluster.Name, FromFile(cluster.Name, file), options, time), stamp);
        var link = azure?.LinkTo(cluster)
            ?? throw new ClusterUnreachableException(cluster.Name, "access by aks or vaultSecret leads over Azure, and this command has no identity for it");
        return new Connection(new ClusterApi(cluster.Name, link, options, time), stamp);
    }

    private static KubernetesClientConfiguration FromFile(ClusterName name, ClusterAccess.Kubeconfig file)
    {
        try
        {
            return KubeconfigFile.Read(file.Path, file.Context);
        }
        catch (KubeConfigException fault)
        {
            throw new ClusterUnreachableException(name, fault.Message, fault);
        }
    }

    private sealed record Connection(ClusterApi Api, (ClusterAccess, DateTime) Stamp);
}
