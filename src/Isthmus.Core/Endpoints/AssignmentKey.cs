namespace Isthmus.Core.Endpoints;

/// <summary>What one answer belongs to.</summary>
internal readonly record struct AssignmentKey(EnvoyClusterName Cluster, EndpointProxy Proxy, string Rule)
{
    public bool Equals(AssignmentKey other) => Rule == other.Rule && Cluster.Equals(other.Cluster) && Proxy.SeesAlike(other.Proxy);

    public override int GetHashCode() => HashCode.Combine(Cluster.Port, Cluster.Subset, Rule, Proxy.Network, Proxy.Cluster, Proxy.Locality, Proxy.Namespace);
}
