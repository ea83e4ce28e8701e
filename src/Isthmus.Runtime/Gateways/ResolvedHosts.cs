using System.Collections.Concurrent;
using System.Collections.Immutable;
using Isthmus.Core.Federation;

namespace Isthmus.Runtime.Gateways;

/// <summary>
/// The number of addresses behind each host name. Answers that come and go by one address or two must not rewrite every ServiceEntry,
/// so the largest of the last minutes counts, and a name that does not resolve keeps the last good answer.
/// </summary>
public sealed class ResolvedHosts(IHostResolver resolver, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Answers> _hosts = new(StringComparer.Ordinal);

    public static ResolvedHosts ByDns(TimeProvider time) => new(new DnsHostResolver(), time);

    /// <summary>The counts of those hosts that resolve or did. Asks anew where the last answer is older than half a minute.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(IEnumerable<string> hosts, CancellationToken cancellationToken)
    {
        var counts = await Task.WhenAll(hosts.Distinct(StringComparer.Ordinal).Select(async host => (host, Count: await CountAsync(host, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return counts.Where(entry => entry.Count > 0).ToImmutableSortedDictionary(entry => entry.host, entry => entry.Count, StringComparer.Ordinal);
    }

    private async Task<int> CountAsync(string host, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_hosts.TryGetValue(host, out var known) && now - known.Asked < Fresh)
            return known.Most;
        var answer = await AskAsync(host, cancellationToken).ConfigureAwait(false);
        return _hosts.AddOrUpdate(host, _ => Answers.None.With(answer, now), (_, before) => before.With(answer, now)).Most;
    }

    private async Task<int?> AskAsync(string host, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return Math.Min(await resolver.CountAsync(host, both.Token).ConfigureAwait(false) ?? 0, KnownExporters.MostAddresses);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed record Answers(DateTimeOffset Asked, ImmutableArray<(DateTimeOffset Time, int Count)> Good)
    {
        public static readonly Answers None = new(DateTimeOffset.MinValue, []);

        public int Most => Good.Select(answer => answer.Count).DefaultIfEmpty(0).Max();

        public Answers With(int? answer, DateTimeOffset now) => answer is > 0
            ? new Answers(now, [.. Good.Where(earlier => now - earlier.Time < Window), (now, answer.Value)])
            : this with { Asked = now };
    }
}
