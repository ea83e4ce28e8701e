using System.Net;
using System.Net.Sockets;
using Isthmus.Core.Endpoints;

namespace Isthmus.Runtime.Endpoints;

/// <summary>Gateways by host name, as istiod resolves them: each address stands for a gateway of its own.</summary>
public static class GatewayNames
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<(GatewayTable Gateways, IReadOnlyList<string> Unresolved)> ResolveAsync(GatewayTable given, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(given.All.Select(async gateway => (gateway, Found: await AddressesAsync(gateway, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return (
            new GatewayTable(answers.SelectMany(answer => answer.Found.Select(address => new NetworkGateway(answer.gateway.Network, answer.gateway.Cluster, address, answer.gateway.Port)))),
            [.. answers.Where(answer => answer.Found.Count == 0).Select(answer => answer.gateway.Address).Distinct()]);
    }

    private static async Task<IReadOnlyList<string>> AddressesAsync(NetworkGateway gateway, CancellationToken cancellationToken)
    {
        if (gateway.IsIPv6 is not null) return [gateway.Address];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            var found = await Dns.GetHostAddressesAsync(gateway.Address, deadline.Token).ConfigureAwait(false);
            return [.. found.Select(address => address.ToString()).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception fault) when (fault is SocketException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [];
        }
    }
}
