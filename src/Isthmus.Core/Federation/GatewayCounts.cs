using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>
/// How many addresses stand behind a gateway's address: one, or what a host name resolves to. A name that does not resolve now counts as
/// it did when it last did, which the name's ServiceEntries remember.
/// </summary>
internal sealed class GatewayCounts
{
    private readonly IReadOnlyDictionary<string, int> _resolved;
    private readonly Dictionary<(ServiceName Service, string Host), int> _remembered = [];

    public GatewayCounts(FederationSnapshot snapshot)
    {
        _resolved = snapshot.Resolved;
        foreach (var entry in snapshot.Clusters.Values.SelectMany(cluster => cluster.ServiceEntries))
        {
            if (KnownExporters.ServiceOf(entry) is not { } name)
                continue;
            foreach (var (host, count) in KnownExporters.ReadCounts(entry))
                _remembered[(name, host)] = Math.Max(count, _remembered.GetValueOrDefault((name, host)));
        }
    }

    public int Of(ServiceName service, GatewayAddress address)
    {
        if (!address.IsName)
            return 1;
        return _resolved.TryGetValue(address.Host, out var count) ? count : _remembered.GetValueOrDefault((service, address.Host), 1);
    }
}
