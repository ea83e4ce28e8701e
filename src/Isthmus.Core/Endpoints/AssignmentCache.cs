using System.Collections.Concurrent;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// Answers that were worked out before, by cluster and by all of a proxy that an answer depends on: proxies of one place share one. An answer
/// counts as long as the version of what it was made from, and looking costs the comparison of that version.
/// </summary>
public sealed class AssignmentCache
{
    private readonly ConcurrentDictionary<Key, (long Version, LoadAssignment Answer)> _answers = new();

    /// <param name="query">Whose subset, policies and compatibility belong to <paramref name="version"/>.</param>
    /// <param name="proxy">The proxy that asks.</param>
    /// <param name="version">Changes whenever anything that <paramref name="inputs"/> or the query gives changes.</param>
    /// <param name="inputs">Endpoints and gateways; asked only where there is no answer of this version.</param>
    public LoadAssignment Get(EndpointQuery query, EndpointProxy proxy, long version, Func<(IReadOnlyList<MeshEndpoint> Endpoints, GatewayTable Gateways)> inputs)
    {
        var key = new Key(query.Cluster, query.Compatibility, proxy);
        if (_answers.TryGetValue(key, out var known) && known.Version == version) return known.Answer;
        var (endpoints, gateways) = inputs();
        var answer = SplitHorizon.Assign(query, endpoints, gateways, proxy);
        _answers[key] = (version, answer);
        return answer;
    }

    /// <summary>Forgets answers of other versions, so that proxies and services that are gone do not stay.</summary>
    public void Trim(Func<EnvoyClusterName, long?> currentVersion)
    {
        foreach (var (key, known) in _answers)
            if (currentVersion(key.Cluster) != known.Version) _answers.TryRemove(key, out _);
    }

    private readonly record struct Key(EnvoyClusterName Cluster, Compatibility Compatibility, EndpointProxy Proxy)
    {
        public bool Equals(Key other) => Compatibility == other.Compatibility && Cluster.Equals(other.Cluster) && Proxy.SeesAlike(other.Proxy);

        public override int GetHashCode() => HashCode.Combine(Cluster, Compatibility, Proxy.Network, Proxy.Cluster, Proxy.Locality);
    }
}
