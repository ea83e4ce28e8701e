using System.Collections.Immutable;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What a run did with one object.</summary>
public enum RunOutcome
{
    Created,
    Configured,
    Unchanged,
    Deleted,
    Skipped,
}

/// <summary>One object and what became of it; the reason says why it was skipped, and is null otherwise.</summary>
public sealed record RunEntry(ClusterName Cluster, string Kind, string? Namespace, string Name, RunOutcome Outcome, string? Reason = null)
{
    public override string ToString() =>
        $"{Cluster} {Kind} {(Namespace is null ? Name : $"{Namespace}/{Name}")} {Outcome}{(Reason is null ? "" : $": {Reason}")}";
}

/// <summary>A cluster that could not be served, and why. <see cref="Cluster"/> is null where the whole run failed.</summary>
public sealed record RunFailure(ClusterName? Cluster, string Reason)
{
    /// <summary>The service that alone it concerns; null: all that the run was about.</summary>
    public ServiceName? Service { get; init; }
}

/// <summary>What the last probes said of one address of a cluster's gateway, and since when.</summary>
public sealed record GatewayStatus(ClusterName Cluster, string Address, string State, DateTimeOffset Since, string Detail);

/// <summary>What a reconciler did: what it found and changed, per cluster and object, and which clusters it could not serve.</summary>
public sealed record RunReport(ImmutableArray<RunEntry> Entries, ImmutableArray<RunFailure> Failures)
{
    public static readonly RunReport Empty = new([], []);

    /// <summary>Of a dry run: what would be done, with contents. They may hold secrets, so <see cref="ObjectView"/> stands before every eye.</summary>
    public Plan Plan { get; init; } = Plan.Empty;

    /// <summary>
    /// What will go wrong unless somebody acts, and clusters that were out of reach and of scope: they were not to be written to, and
    /// what they export was left as it stands.
    /// </summary>
    public ImmutableArray<RunFailure> Warnings { get; init; } = [];

    /// <summary>The gateways' health as the clusters hold it: a signal apart from the clusters' reachability.</summary>
    public ImmutableArray<GatewayStatus> Gateways { get; init; } = [];

    /// <summary>False when any cluster failed: the event has to be delivered again.</summary>
    public bool Succeeded => Failures.IsEmpty;

    /// <summary>The objects that this run wrote or deleted.</summary>
    public IEnumerable<RunEntry> Changes => Entries.Where(entry => entry.Outcome is RunOutcome.Created or RunOutcome.Configured or RunOutcome.Deleted);

    public IEnumerable<RunEntry> Skipped => Entries.Where(entry => entry.Outcome == RunOutcome.Skipped);

    public RunReport With(RunReport other) =>
        new(Entries.AddRange(other.Entries), Failures.AddRange(other.Failures))
        {
            Plan = Plan.With(other.Plan),
            Warnings = [.. Warnings.Union(other.Warnings)],
            Gateways = Gateways.IsEmpty ? other.Gateways : Gateways,
        };

    /// <summary>The report as far as it concerns one of the services that the run was about.</summary>
    public RunReport Of(ServiceName service) => this with { Failures = Failures.RemoveAll(failure => failure.Service is { } other && other != service) };

    /// <summary>What failed outside the scope is a warning.</summary>
    internal RunReport Within(RunScope scope)
    {
        var outside = Failures.Where(failure => failure.Cluster is { } cluster && !scope.Includes(cluster)).ToImmutableArray();
        return this with { Failures = Failures.RemoveRange(outside), Warnings = Warnings.AddRange(outside) };
    }
}
