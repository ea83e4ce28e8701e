using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>What one proxy gets for one cluster: Envoy's ClusterLoadAssignment.</summary>
public sealed class LoadAssignment(EnvoyClusterName cluster, ImmutableArray<LocalityGroup> groups)
{
    public EnvoyClusterName Cluster { get; } = cluster;

    public ImmutableArray<LocalityGroup> Groups { get; } = groups;
}
