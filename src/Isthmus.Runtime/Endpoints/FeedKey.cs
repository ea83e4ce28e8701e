using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Endpoints;

/// <summary>What a feed follows: one kind in one cluster, in one namespace or in all, every object or one.</summary>
internal readonly record struct FeedKey(ClusterName Cluster, ResourceKind Kind, string? Namespace, string? Name)
{
    public override string ToString() => $"{Kind.Plural}{(Namespace is null ? "" : $" of {Namespace}")} in cluster {Cluster}";
}
