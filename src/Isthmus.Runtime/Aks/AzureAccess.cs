using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Core;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Aks;

/// <summary>The ways to a cluster that lead over Azure, under one identity.</summary>
public sealed class AzureAccess(ArmClient arm, TokenCredential credential, VaultClients vaults, TimeProvider time)
{
    private readonly AksResources _resources = new(arm);
    private readonly ConcurrentDictionary<(ClusterName Name, ClusterAccess Access), IClusterLink> _links = new();

    /// <summary>Null where the cluster is reached without Azure.</summary>
    internal IClusterLink? LinkTo(MeshCluster cluster) => cluster.Access is ClusterAccess.Kubeconfig
        ? null
        : _links.GetOrAdd((cluster.Name, cluster.Access), way => way.Access switch
        {
            ClusterAccess.Aks aks => new AksLink(way.Name, aks.ResourceId, _resources, credential, time),
            ClusterAccess.VaultSecret secret => new VaultSecretLink(way.Name, secret, vaults),
            _ => throw new UnreachableException(),
        });
}
