using System.Collections.Concurrent;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// The answers for one service that were worked out before. They count as long as the version of what they were made from, and looking one up costs the
/// comparison of that version. Proxies that differ in nothing that matters share one.
/// </summary>
public sealed class AssignmentCache
{
    // Only where proxies come and go while nothing else changes do so many gather.
    private const int Most = 10_000;

    private Versioned _current = new(long.MinValue);

    /// <param name="cluster">The cluster that is asked for.</param>
    /// <param name="proxy">The proxy that asks.</param>
    /// <param name="version">Changes whenever anything that <paramref name="inputs"/> gives changes.</param>
    /// <param name="inputs">Asked only where there is no answer of this version; null where there is nothing to answer.</param>
    public DiscoveredAssignment? Get(EnvoyClusterName cluster, EndpointProxy proxy, long version, Func<EndpointSnapshot?> inputs)
    {
        var current = _current;
        if (current.Version != version || current.Asked.Count > Most) _current = current = new Versioned(version);
        var asked = new AssignmentKey(cluster, proxy, "");
        if (current.Asked.TryGetValue(asked, out var known)) return known;
        return current.Asked[asked] = inputs() is { } snapshot ? Shared(current, snapshot) : null;
    }

    private static DiscoveredAssignment Shared(Versioned current, EndpointSnapshot snapshot)
    {
        var relevant = new AssignmentKey(snapshot.Query.Cluster, snapshot.Query.Relevant(snapshot.Proxy), snapshot.Query.Rule);
        if (current.Answers.TryGetValue(relevant, out var known)) return known;
        return current.Answers[relevant] = DiscoveredAssignment.Make(snapshot.For(relevant.Proxy));
    }

    private sealed class Versioned(long version)
    {
        public long Version => version;

        public ConcurrentDictionary<AssignmentKey, DiscoveredAssignment?> Asked { get; } = new();

        public ConcurrentDictionary<AssignmentKey, DiscoveredAssignment> Answers { get; } = new();
    }
}
