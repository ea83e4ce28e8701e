using System.Net;

namespace Isthmus.Core.Endpoints;

/// <summary>A gateway by which a network, or one cluster of it, is entered. Port 0 means that sidecars cannot use it.</summary>
public sealed record NetworkGateway(string Network, string Cluster, string Address, int Port)
{
    /// <summary>Null for a host name that nobody has resolved.</summary>
    public bool? IsIPv6 { get; } = IPAddress.TryParse(Address, out _) ? Address.Contains(':', StringComparison.Ordinal) : null;

    /// <summary>Istio's order: by address, then port.</summary>
    internal static int Compare(NetworkGateway left, NetworkGateway right)
    {
        var order = string.CompareOrdinal(left.Address, right.Address);
        if (order == 0) order = left.Port.CompareTo(right.Port);
        if (order == 0) order = string.CompareOrdinal(left.Network, right.Network);
        return order != 0 ? order : string.CompareOrdinal(left.Cluster, right.Cluster);
    }

    public override string ToString() => Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
