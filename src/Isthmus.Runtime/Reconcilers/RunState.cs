using System.Collections.Concurrent;
using System.Collections.Immutable;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What one run has met so far: the clusters that failed, which it leaves alone from then on, and what it wrote.</summary>
internal sealed class RunState(RunControl? control = null)
{
    private readonly ConcurrentDictionary<ClusterName, string> _failed = new();
    private readonly ConcurrentQueue<string> _wholeRun = new();
    private readonly ConcurrentDictionary<ObjectId, RunOutcome> _written = new();

    private readonly ConcurrentDictionary<ObjectId, string> _refused = new();

    private readonly List<TrustNotice> _notices = [];

    /// <summary>What is to be known of the CA; said while it is read, before clusters are looked at.</summary>
    public IReadOnlyList<TrustNotice> Notices => _notices;

    public void Notice(TrustNotice notice)
    {
        // Each round looks again, and finds the same.
        if (!_notices.Contains(notice))
            _notices.Add(notice);
    }

    private readonly ConcurrentDictionary<ObjectId, bool> _inTheWay = new();

    /// <summary>Whether the holders of all addresses are looked for.</summary>
    public bool SeesAllAddresses { get; set; }

    /// <summary>Whether the clusters' own ranges were held against the virtual addresses.</summary>
    public bool HasComparedRanges { get; set; }

    /// <summary>Whether the objects of pods' names are looked for.</summary>
    public bool SeesPods { get; set; }

    /// <summary>What could not be created because something of that name is there, although it was not among what was listed.</summary>
    public IEnumerable<ObjectId> InTheWay(ClusterName cluster) => _inTheWay.Keys.Where(id => id.Cluster == cluster);

    public void Meet(ObjectId id) => _inTheWay[id] = true;

    /// <summary>What the clusters hold of the gateways' health.</summary>
    public GatewayHealth Gateways { get; set; } = GatewayHealth.Unknown;

    /// <summary>Why a cluster is left alone; null where it is not.</summary>
    public string? WhyNot(ClusterName cluster) => _failed.GetValueOrDefault(cluster);

    public bool IsServed(ClusterName cluster) => !_failed.ContainsKey(cluster);

    /// <summary>Whether whoever watches the run wants it to end.</summary>
    public CancellationToken Stop => control?.Stop ?? CancellationToken.None;

    public void Tell(RunStep step) => control?.Progress?.Report(step);

    public void Fail(ClusterName cluster, string reason)
    {
        if (_failed.TryAdd(cluster, reason))
            Tell(new RunStep.Failed(cluster, reason));
    }

    /// <summary>The run as a whole did not reach its aim.</summary>
    public void Fail(string reason)
    {
        // Each round of a run looks again, and meets the same.
        if (!_wholeRun.Contains(reason))
            _wholeRun.Enqueue(reason);
    }

    private readonly ConcurrentDictionary<ServiceName, bool> _unfinished = new();
    private readonly ConcurrentDictionary<ObjectId, ServiceName> _servicesOfRefused = new();

    /// <summary>The same of an object of ours, whose exports are not ready as long as it is missing somewhere.</summary>
    public void Refuse(PlannedAction action, string reason)
    {
        var obj = (action as PlannedAction.Create)?.Content ?? (action as PlannedAction.Replace)?.Content;
        if (obj is not null && ExportReadiness.NeededFor(obj) is { } exports)
            _unfinished[exports] = true;
        if (ServiceOf(action) is { } service)
            _servicesOfRefused[action.Id] = service;
        Refuse(action.Id, reason);
    }

    private static ServiceName? ServiceOf(PlannedAction action)
    {
        if (action.Id.Kind.Kind is "Service" or "ServiceExport")
            return new ServiceName(action.Id.Namespace ?? "", action.Id.Name);
        var obj = action switch
        {
            PlannedAction.Create create => create.Content,
            PlannedAction.Replace replace => replace.Content,
            PlannedAction.Delete delete => delete.Live,
            _ => null,
        };
        return obj is not null && ExportReadiness.NeededFor(obj) is { Name.Length: > 0 } one ? one : null;
    }

    /// <summary>The server does not take this object as we want it. It is not tried again in this run, and the run fails.</summary>
    public void Refuse(ObjectId id, string reason)
    {
        if (_refused.TryAdd(id, reason))
            Tell(new RunStep.Refused(id, reason));
    }

    public bool IsRefused(ObjectId id) => _refused.ContainsKey(id);

    /// <summary>What is left to do of a plan: nothing in failed clusters, nothing that was refused.</summary>
    public Plan Remaining(Plan plan) => new(plan.Actions.Where(action => IsServed(action.Id.Cluster) && !IsHeldBack(action)));

    /// <summary>
    /// A ServiceEntry waits for its DestinationRule: without it clients would send plain text to the gateway. A ServiceExport is not told that it
    /// is ready while a server refuses what that takes.
    /// </summary>
    public bool IsHeldBack(PlannedAction action) =>
        action.IsWrite && (_refused.ContainsKey(action.Id)
            || (ExportReadiness.IsBegunBy(action) && IsUnfinished(new ServiceName(action.Id.Namespace ?? "", action.Id.Name)))
            || (action is not PlannedAction.Delete && action.Id.Kind == ResourceKind.ServiceEntry
                && _refused.ContainsKey(action.Id with { Kind = ResourceKind.DestinationRule })));

    private bool IsUnfinished(ServiceName export) => _unfinished.ContainsKey(export) || _unfinished.ContainsKey(export with { Name = "" });

    /// <summary>Works on one cluster; its silence or refusal ends the work there and nowhere else. Null where it failed.</summary>
    public async Task<T?> TryAsync<T>(ClusterName cluster, Func<Task<T>> work)
        where T : class
    {
        if (!IsServed(cluster))
            return null;
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ClusterUnreachableException or ClusterApiException)
        {
            Fail(cluster, failure.Message);
            return null;
        }
    }

    public int Writes => _written.Count;

    public void Wrote(ObjectId id, RunOutcome outcome)
    {
        _written.AddOrUpdate(id, outcome, (_, earlier) => earlier == RunOutcome.Created && outcome == RunOutcome.Configured ? earlier : outcome);
        Tell(new RunStep.Wrote(Entry(id, outcome)));
    }

    /// <summary>The report: what was written, and of the last plan what needed no writing.</summary>
    public RunReport Report(Plan last, bool isDryRun)
    {
        var entries = _written.ToDictionary(entry => entry.Key, entry => Entry(entry.Key, entry.Value));
        var skipped = new List<RunEntry>();
        foreach (var action in last.Actions)
        {
            var outcome = Outcome(action);
            if (action is PlannedAction.Skipped skip)
                skipped.Add(Entry(action.Id, outcome, skip.Reason));
            else if (isDryRun || !action.IsWrite)
                entries.TryAdd(action.Id, Entry(action.Id, outcome));
        }

        var ordered = entries.OrderBy(entry => entry.Key).Select(entry => entry.Value).Concat(skipped);
        var failures = _failed.OrderBy(failure => failure.Key).Select(failure => new RunFailure(failure.Key, failure.Value))
            .Concat(_refused.OrderBy(refusal => refusal.Key).Select(refusal => new RunFailure(refusal.Key.Cluster, $"{refusal.Key}: {refusal.Value}")
            {
                Service = _servicesOfRefused.TryGetValue(refusal.Key, out var service) ? service : null,
            }))
            .Concat(_wholeRun.Select(reason => new RunFailure(null, reason)));
        var gateways = Gateways.Clusters.SelectMany(cluster => cluster.Value.Addresses, (cluster, address) =>
            new GatewayStatus(cluster.Key, address.Key.ToString(), address.Value.State.ToString(), address.Value.Since, address.Value.Detail));
        return new RunReport([.. ordered], [.. failures])
        {
            Gateways = [.. gateways],
            Plan = isDryRun ? last : Plan.Empty,
            Warnings = [.. _notices.Where(notice => notice.Days is not null).Select(notice => new RunFailure(null, $"{notice.Message} ({notice.Days} days left)"))],
        };
    }

    private static RunEntry Entry(ObjectId id, RunOutcome outcome, string? reason = null) =>
        new(id.Cluster, id.Kind.Kind, id.Namespace, id.Name, outcome, reason);

    private static RunOutcome Outcome(PlannedAction action) => action switch
    {
        PlannedAction.Create => RunOutcome.Created,
        PlannedAction.Replace => RunOutcome.Configured,
        PlannedAction.Delete => RunOutcome.Deleted,
        PlannedAction.Unchanged => RunOutcome.Unchanged,
        PlannedAction.Skipped => RunOutcome.Skipped,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
