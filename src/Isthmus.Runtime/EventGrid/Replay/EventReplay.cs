using System.Collections.Concurrent;
using Isthmus.Core.Events;

namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>How dead letters are delivered again.</summary>
public sealed record ReplayOptions
{
    public ReplayFilter Filter { get; init; } = new();

    /// <summary>Sends and writes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Takes events out of their files once they are delivered, rather than marking them.</summary>
    public bool Delete { get; init; }
}

/// <summary>
/// Delivers dead letters again. Old events do no harm, since each only says "look again". An event is marked as soon as its file is
/// done, so an end in the middle repeats the events of one file at most.
/// </summary>
public sealed class EventReplay(IDeadLetterStore store, IEventTarget target, TimeProvider time)
{
    private const int Parallel = 8;

    /// <summary>Throws <see cref="EventRefusedException"/> where nothing can be delivered at all, after telling what was.</summary>
    public async Task RunAsync(ReplayOptions options, Action<ReplayEntry> tell, CancellationToken cancellationToken)
    {
        await foreach (var name in store.ListAsync(options.Filter.Since, cancellationToken).ConfigureAwait(false))
        {
            if (await store.ReadAsync(name, cancellationToken).ConfigureAwait(false) is not { } file)
                continue;
            if (DeadLetterDocument.TryParse(file.Text, out var document, out var reason))
                await ReplayAsync(file, document, options, tell, cancellationToken).ConfigureAwait(false);
            else
                tell(new ReplayEntry(name, null, ReplayOutcome.Failed, $"no file of dead letters: {reason}"));
        }
    }

    private async Task ReplayAsync(DeadLetterFile file, DeadLetterDocument document, ReplayOptions options, Action<ReplayEntry> tell, CancellationToken cancellationToken)
    {
        var entries = new ConcurrentDictionary<int, ReplayEntry>();
        EventRefusedException? hopeless = null;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            document.Letters,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (letter, token) =>
            {
                try
                {
                    entries[letter.Index] = hopeless is null
                        ? await ReplayAsync(file, letter, options, token).ConfigureAwait(false)
                        : new ReplayEntry(file.Name, letter, ReplayOutcome.Failed, hopeless.Message);
                }
                catch (EventRefusedException refused)
                {
                    entries[letter.Index] = new ReplayEntry(file.Name, letter, ReplayOutcome.Failed, refused.Message);
                    if (refused.ForAll)
                        hopeless = refused;
                }
            }).ConfigureAwait(false);
        var done = entries.Where(entry => entry.Value.Outcome == ReplayOutcome.Replayed).Select(entry => entry.Key).ToHashSet();
        var kept = done.Count == 0
            || await store.ReplaceAsync(file, options.Delete ? document.Without(done) : document.Marked(done, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        foreach (var (_, entry) in entries.OrderBy(entry => entry.Key))
            tell(entry);
        if (!kept)
            tell(new ReplayEntry(file.Name, null, ReplayOutcome.Skipped, "somebody else changed the file meanwhile: what was delivered is not marked in it"));
        if (hopeless is not null)
            throw hopeless;
    }

    private async Task<ReplayEntry> ReplayAsync(DeadLetterFile file, DeadLetter letter, ReplayOptions options, CancellationToken cancellationToken)
    {
        if (options.Filter.Excludes(letter) is { } excluded)
            return new ReplayEntry(file.Name, letter, ReplayOutcome.Skipped, excluded);
        if (letter.Received is not { } received)
            return new ReplayEntry(file.Name, letter, ReplayOutcome.Skipped, $"it is no event that could be delivered: {letter.Fault}");
        var (receiver, reason) = target.ReceiverOf(received);
        if (receiver is null)
            return new ReplayEntry(file.Name, letter, ReplayOutcome.Skipped, reason ?? "nobody receives it");
        if (options.DryRun)
            return new ReplayEntry(file.Name, letter, ReplayOutcome.Pending, receiver);
        await target.SendAsync(letter, cancellationToken).ConfigureAwait(false);
        return new ReplayEntry(file.Name, letter, ReplayOutcome.Replayed, receiver);
    }
}
