using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Cluster;

/// <summary>Cluster IPs out of the cluster's range and node ports out of 30000-32767. What is taken is what the stored Services hold.</summary>
internal sealed class ServiceAllocator(ObjectStore store, IPNetwork range)
{

    // Kubernetes leaves the start of the range to addresses that are chosen by hand.
    private const uint FirstDynamic = 256;
    private const int FirstPort = 30000;
    private const int PortCount = 2768;

    private readonly uint _rangeStart = Number(range.BaseAddress);
    private readonly uint _rangeSize = 1u << (32 - range.PrefixLength);
    private readonly Lock _gate = new();
    private uint _nextAddress = FirstDynamic;
    private int _nextPort;

    public KindServices Services => new(NextClusterIp, MayClaim, NextNodePort) { ClaimNodePort = MayClaim, ServiceRange = range.ToString() };

    /// <summary>The API server's own Service has the first address.</summary>
    public static string FirstAddress(IPNetwork range) => Address(Number(range.BaseAddress) + 1);

    private string NextClusterIp()
    {
        lock (_gate)
        {
            var taken = TakenAddresses();
            for (var tried = 0u; tried < _rangeSize; tried++)
            {
                var offset = _nextAddress;
                _nextAddress = offset + 1 < _rangeSize - 1 ? offset + 1 : FirstDynamic;
                var address = Address(_rangeStart + offset);
                if (!taken.Contains(address))
                {
                    return address;
                }
            }
        }
        throw ApiErrors.Internal("failed to allocate a serviceIP: range is full");
    }

    private bool MayClaim(string address) =>
        IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetwork
        && Number(ip) - _rangeStart is > 0 and var offset && offset < _rangeSize - 1 && !TakenAddresses().Contains(address);

    private int NextNodePort()
    {
        lock (_gate)
        {
            var taken = TakenPorts();
            for (var tried = 0; tried < PortCount; tried++)
            {
                var port = FirstPort + _nextPort;
                _nextPort = (_nextPort + 1) % PortCount;
                if (!taken.Contains(port))
                {
                    return port;
                }
            }
        }
        throw ApiErrors.Internal("failed to allocate a nodePort: range is full");
    }

    private bool MayClaim(int port) => !TakenPorts().Contains(port);

    private HashSet<string> TakenAddresses() => store.List("services").Items
        .SelectMany(s => s["spec"]?["clusterIPs"] is JsonArray ips ? ips.OfType<JsonValue>().Select(ip => ip.ToString()) : [])
        .ToHashSet(StringComparer.Ordinal);

    private HashSet<long> TakenPorts() => store.List("services").Items
        .SelectMany(s => s["spec"]?["ports"] is JsonArray ports ? ports.OfType<JsonObject>() : [])
        .Select(p => p.Integer("nodePort") ?? 0).ToHashSet();

    private static string Address(uint number) =>
        string.Join('.', new[] { number >> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255 }.Select(b => b.ToString(CultureInfo.InvariantCulture)));

    private static uint Number(IPAddress ip)
    {
        var bytes = ip.GetAddressBytes();
        return ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
    }
}
