using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>
/// How many addresses stand behind a gateway's address: one, or what a host name resolves to. A name that does not resolve now counts as
/// it did when it last did, which the name's ServiceEntries remember.
/// </summary>
internal sealed class GatewayCounts
{
    private readonly IReadOnlyDictionary<string, int> _resolved;

    // Looked for only where a name does not resolve: it is a look at every ServiceEntry.
    private readonly Lazy<Dictionary<(ServiceName Service, string Host), int>> _remembered;

    public GatewayCounts(FederationSnapshot snapshot)
    {
        _resolved = snapshot.Resolved;
        _remembered = new Lazy<Dictionary<(ServiceName Service, string Host), int>>(() => Remembered(snapshot));
    }

    public int Of(ServiceName service, GatewayAddress address)
    {
        if (!address.IsName)
            return 1;
        return _resolved.TryGetValue(address.Host, out var count) ? count : _remembered.Value.GetValueOrDefault((service, address.Host), 1);
    }

    private static Dictionary<(ServiceName Service, string Host), int> Remembered(FederationSnapshot snapshot)
    {
        var remembered = new Dictionary<(ServiceName Service, string Host), int>();
        foreach (var entry in snapshot.Clusters.Values.SelectMany(cluster => cluster.ServiceEntries))
        {
            if (KnownExporters.ServiceOf(entry) is not { } name)
                continue;
            foreach (var (host, count) in KnownExporters.ReadCounts(entry))
                remembered[(name, host)] = Math.Max(count, remembered.GetValueOrDefault((name, host)));
        }

        return remembered;
    }
}
