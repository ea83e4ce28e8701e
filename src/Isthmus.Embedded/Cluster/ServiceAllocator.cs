using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Cluster;

/// <summary>Cluster IPs out of 10.96.0.0/16 and node ports out of 30000-32767. What is taken is what the stored Services hold.</summary>
internal sealed class ServiceAllocator(ObjectStore store)
{
    private const uint RangeStart = (10u << 24) | (96u << 16);
    private const uint RangeSize = 1u << 16;

    // Kubernetes leaves the start of the range to addresses that are chosen by hand.
    private const uint FirstDynamic = 256;
    private const int FirstPort = 30000;
    private const int PortCount = 2768;

    private readonly Lock _gate = new();
    private uint _nextAddress = FirstDynamic;
    private int _nextPort;

    public KindServices Services => new(NextClusterIp, MayClaim, NextNodePort) { ClaimNodePort = MayClaim };

    private string NextClusterIp()
    {
        lock (_gate)
        {
            var taken = TakenAddresses();
            for (var tried = 0u; tried < RangeSize; tried++)
            {
                var offset = _nextAddress;
                _nextAddress = offset + 1 < RangeSize - 1 ? offset + 1 : FirstDynamic;
                var address = Address(RangeStart + offset);
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
        && Number(ip) - RangeStart is > 0 and < RangeSize - 1 && !TakenAddresses().Contains(address);

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
