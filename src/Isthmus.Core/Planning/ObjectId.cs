using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Planning;

/// <summary>One object of one cluster; <see cref="Namespace"/> is null for kinds without one.</summary>
public readonly record struct ObjectId(ClusterName Cluster, ResourceKind Kind, string? Namespace, string Name) : IComparable<ObjectId>
{
    public int CompareTo(ObjectId other)
    {
        var order = Cluster.CompareTo(other.Cluster);
        if (order == 0)
            order = string.CompareOrdinal(Kind.Kind, other.Kind.Kind);
        if (order == 0)
            order = string.CompareOrdinal(Namespace, other.Namespace);
        return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
    }

    public override string ToString() => $"{Kind.Kind} {(Namespace is null ? Name : $"{Namespace}/{Name}")}";
}
