using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Planning;

/// <summary>What is to happen to one object. What is left alone is stated too, with the reason where there is one.</summary>
public abstract record PlannedAction
{
    private PlannedAction(ObjectId id) => Id = id;

    public ObjectId Id { get; }

    /// <summary>Whether anything is sent to the cluster.</summary>
    public bool IsWrite => this is Create or Replace or Delete;

    /// <summary>Whether it records on a Service what objects elsewhere are derived from, and so comes before them.</summary>
    public bool IsClaim => this is Replace && Id.Kind == ResourceKind.Service;

    /// <summary>Whether it tells a ServiceExport what became of it, and so comes after everything else, in all clusters.</summary>
    public bool IsVerdict => this is Replace && Id.Kind.Kind == ResourceKind.ServiceExport.Kind;

    public sealed record Create(ObjectId Id, JsonObject Content) : PlannedAction(Id);

    /// <param name="Live">What was observed; its resourceVersion goes with the write.</param>
    /// <param name="Content">The whole object as it is to be.</param>
    public sealed record Replace(ObjectId Id, JsonObject Live, JsonObject Content) : PlannedAction(Id);

    public sealed record Delete(ObjectId Id, JsonObject Live) : PlannedAction(Id);

    public sealed record Unchanged(ObjectId Id) : PlannedAction(Id);

    public sealed record Skipped(ObjectId Id, string Reason) : PlannedAction(Id);
}
