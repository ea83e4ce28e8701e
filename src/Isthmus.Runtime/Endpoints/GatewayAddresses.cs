using System.Collections.Concurrent;
using Isthmus.Core.Endpoints;

namespace Isthmus.Runtime.Endpoints;

/// <summary>Gateways by host name as addresses, asked anew every half minute. A name that does not resolve keeps its last good answer (rule 5).</summary>
internal sealed class GatewayAddresses(TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<NetworkGateway, IReadOnlyList<NetworkGateway>> _good = new();

    /// <summary>The resolved gateways, and when to look again; never where all are addresses already.</summary>
    public async Task<(GatewayTable Gateways, DateTimeOffset Until)> ResolveAsync(GatewayTable given, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(given.All.Select(gateway => OneAsync(gateway, cancellationToken))).ConfigureAwait(false);
        return given.All.Any(IsName) ? (new GatewayTable(found.SelectMany(gateways => gateways).Distinct()), time.GetUtcNow() + Fresh) : (given, DateTimeOffset.MaxValue);
    }

    private static bool IsName(NetworkGateway gateway) => gateway.IsIPv6 is null;

    private async Task<IReadOnlyList<NetworkGateway>> OneAsync(NetworkGateway gateway, CancellationToken cancellationToken)
    {
        if (!IsName(gateway))
            return [gateway];
        var (resolved, _) = await GatewayNames.ResolveAsync(new GatewayTable([gateway]), cancellationToken).ConfigureAwait(false);
        var found = resolved.All.ToList();
        return found.Count > 0 ? _good[gateway] = found : _good.GetValueOrDefault(gateway, []);
    }
}
