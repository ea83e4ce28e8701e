using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Events;

/// <summary>Which clusters an event asks to look at: a closed set.</summary>
public abstract record ClusterConcern
{
    private ClusterConcern()
    {
    }

    /// <summary>These clusters of the document; <paramref name="Warning"/> is what the person on call should know of besides.</summary>
    public sealed record Clusters(ImmutableArray<ClusterName> Names, string? Warning = null) : ClusterConcern
    {
        /// <summary>The AKS cluster that Azure told of, which is to be asked for first; null where the event is not Azure's, or of no AKS cluster.</summary>
        public string? ResourceId { get; init; }
    }

    /// <summary>An AKS cluster that nobody knows of yet, where the document lets clusters join by themselves.</summary>
    public sealed record Newcomer(string ResourceId) : ClusterConcern;

    /// <summary>All clusters: the mesh document itself was written.</summary>
    public sealed record Document : ClusterConcern;

    /// <summary>None, and why.</summary>
    public sealed record Nothing(string Reason) : ClusterConcern;
}
