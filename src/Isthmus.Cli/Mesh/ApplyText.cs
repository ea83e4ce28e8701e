using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Reconcilers;
using Spectre.Console;

namespace Isthmus.Cli.Mesh;

/// <summary>An apply for people: a line for each write as it is done, how far each cluster is, and the sum at the end.</summary>
internal sealed class ApplyText(IAnsiConsole console)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ClusterName, (int Done, int Total)> _clusters = [];

    /// <param name="status">Takes the line that tells how far each cluster is; null where there is no place for it.</param>
    public IProgress<RunStep> Follow(Action<string>? status) => new Follower(this, status);

    public void End(RunReport report)
    {
        foreach (var entry in report.Skipped)
            console.WriteLine($"{entry.Cluster}  skipped  {Object(entry)}: {RunText.Plain(entry.Reason ?? "")}", new Style(Color.Grey));
        var (created, changed, deleted) = (Count(RunOutcome.Created), Count(RunOutcome.Configured), Count(RunOutcome.Deleted));
        var (skipped, unchanged) = (Count(RunOutcome.Skipped), Count(RunOutcome.Unchanged));
        console.WriteLine(
            $"{created} created, {changed} changed, {deleted} deleted, {skipped} skipped, {unchanged} were as they should be.", new Style(decoration: Decoration.Bold));

        int Count(RunOutcome outcome) => report.Entries.Count(entry => entry.Outcome == outcome);
    }

    private void Tell(RunStep step, Action<string>? status)
    {
        // Clusters are written to beside each other, and each of them tells.
        lock (_lock)
        {
            Tell(step);
            status?.Invoke(Markup.Escape(string.Join("  ", _clusters.Select(cluster => $"{cluster.Key} {cluster.Value.Done}/{cluster.Value.Total}"))));
        }
    }

    private void Tell(RunStep step)
    {
        switch (step)
        {
            case RunStep.Planned planned:
                foreach (var cluster in planned.Plan.Actions.Where(action => action.IsWrite).GroupBy(action => action.Id.Cluster))
                    _clusters[cluster.Key] = (Done(cluster.Key), Done(cluster.Key) + cluster.Count());
                break;
            case RunStep.Wrote(var entry):
                _clusters[entry.Cluster] = (Done(entry.Cluster) + 1, Math.Max(_clusters.GetValueOrDefault(entry.Cluster).Total, Done(entry.Cluster) + 1));
                var (word, style) = entry.Outcome switch
                {
                    RunOutcome.Created => ("created", new Style(Color.Green)),
                    RunOutcome.Deleted => ("deleted", new Style(Color.Red)),
                    _ => ("changed", new Style(Color.Yellow)),
                };
                console.WriteLine($"{entry.Cluster}  {word}  {Object(entry)}", style);
                break;
            case RunStep.Refused(var id, var reason):
                console.WriteLine($"{id.Cluster}  refused  {id}: {RunText.Plain(reason)}", new Style(Color.Red));
                break;
            case RunStep.Failed(var cluster, var reason):
                console.WriteLine($"{cluster}  failed   {RunText.Plain(reason)}", new Style(Color.Red));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private int Done(ClusterName cluster) => _clusters.GetValueOrDefault(cluster).Done;

    private static string Object(RunEntry entry) => $"{entry.Kind} {(entry.Namespace is null ? entry.Name : $"{entry.Namespace}/{entry.Name}")}";

    // Progress<T> would hand each step to another thread, and the last ones would come after the end.
    private sealed class Follower(ApplyText text, Action<string>? status) : IProgress<RunStep>
    {
        public void Report(RunStep value) => text.Tell(value, status);
    }
}
