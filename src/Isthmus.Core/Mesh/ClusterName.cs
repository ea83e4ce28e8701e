namespace Isthmus.Core.Mesh;

/// <summary>The name of a cluster in the mesh document; it is Istio's cluster ID too.</summary>
public readonly record struct ClusterName(string Value) : IComparable<ClusterName>
{
    public int CompareTo(ClusterName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>The name of a network: endpoints that reach each other directly.</summary>
public readonly record struct NetworkName(string Value)
{
    public override string ToString() => Value;
}

/// <summary>A Service by namespace and name, the same in every cluster (Kubernetes' namespace sameness).</summary>
public readonly record struct ServiceName(string Namespace, string Name) : IComparable<ServiceName>
{
    public int CompareTo(ServiceName other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>The name that clients in every cluster use, such as <c>reviews.shop.global</c>.</summary>
    public string GlobalHost(string domain) => $"{Name}.{Namespace}.{domain}";

    /// <summary>The name that the cluster's own clients use, such as <c>reviews.shop.svc.cluster.local</c>.</summary>
    public string ClusterHost(MeshCluster cluster) => $"{Name}.{Namespace}.svc.{cluster.ClusterDomain}";

    /// <summary>The service that a cluster-internal name of a namespace is about.</summary>
    public static ServiceName OfClusterHost(string host, string ns) => new(ns, host.Split('.', 2)[0]);

    public override string ToString() => $"{Namespace}/{Name}";
}
