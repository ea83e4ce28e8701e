using System.Net;
using System.Net.Sockets;

namespace Isthmus.Runtime.Gateways;

/// <summary>Asks this machine's resolver. Envoy takes IPv4 addresses where there are any (Istio's dns_lookup_family).</summary>
public sealed class DnsHostResolver : IHostResolver
{
    public async Task<int?> CountAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = (await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false)).Distinct().ToList();
            var count = addresses.Count(address => address.AddressFamily == AddressFamily.InterNetwork);
            return count > 0 ? count : addresses.Count > 0 ? addresses.Count : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
