using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.ControlPlane;

/// <summary>The addresses of a cluster's pods and Services, as far as they are known.</summary>
public sealed class ClusterRanges
{
    public static readonly ClusterRanges Unknown = new();

    public ImmutableArray<IPNetwork> Pods { get; init; } = [];

    public ImmutableArray<IPNetwork> Services { get; init; } = [];

    /// <summary>The pod ranges that nodes have been given; neighbours are put together.</summary>
    public static ImmutableArray<IPNetwork> PodsOf(IEnumerable<JsonObject> nodes) => Collapse(nodes
        .Select(node => node["spec"] as JsonObject)
        .SelectMany(spec => (spec?["podCIDRs"] as JsonArray ?? [spec?["podCIDR"]?.DeepClone()]).Select(ObjectMetadata.TextOf)));

    /// <summary>What is read of a node: of each of thousands, this is a small part.</summary>
    public static JsonObject Trim(JsonObject node) => new()
    {
        ["spec"] = new JsonObject { ["podCIDR"] = node["spec"]?["podCIDR"]?.DeepClone(), ["podCIDRs"] = node["spec"]?["podCIDRs"]?.DeepClone() },
    };

    /// <summary>The ranges of ServiceCIDR objects (networking.k8s.io).</summary>
    public static ImmutableArray<IPNetwork> ServicesOf(IEnumerable<JsonObject> serviceCidrs) =>
        Collapse(serviceCidrs.SelectMany(item => (item["spec"] as JsonObject)?["cidrs"] as JsonArray ?? []).Select(ObjectMetadata.TextOf));

    /// <summary>The range that an API server names when a Service asks for an address outside of it.</summary>
    public static ImmutableArray<IPNetwork> ServicesOf(string refusal)
    {
        const string Phrase = "The range of valid IPs is ";
        var start = refusal.IndexOf(Phrase, StringComparison.Ordinal);
        if (start < 0)
            return [];
        var text = refusal[(start + Phrase.Length)..];
        return Collapse([string.Concat(text.TakeWhile(letter => char.IsAsciiHexDigit(letter) || letter is '.' or ':' or '/'))]);
    }

    /// <summary>Sorted, none inside another, and two halves of a range as the whole.</summary>
    internal static ImmutableArray<IPNetwork> Collapse(IEnumerable<string?> ranges)
    {
        var left = ranges.Select(text => IPNetwork.TryParse(text, out var range) ? range : (IPNetwork?)null).OfType<IPNetwork>().ToHashSet();
        while (left.Select(range => (Range: range, Twin: Twin(range))).FirstOrDefault(pair => pair.Twin is { } twin && left.Contains(twin)) is { Twin: { } other } found)
        {
            left.Remove(found.Range);
            left.Remove(other);
            left.Add(new IPNetwork(Min(found.Range.BaseAddress, other.BaseAddress), found.Range.PrefixLength - 1));
        }

        return
        [
            .. left.Where(range => !left.Any(outer => outer.PrefixLength < range.PrefixLength && outer.Contains(range.BaseAddress)))
                .OrderBy(range => range.BaseAddress.GetAddressBytes().Length).ThenBy(range => Number(range.BaseAddress)).ThenBy(range => range.PrefixLength),
        ];
    }

    internal static bool Overlap(IPNetwork left, IPNetwork right) => left.Contains(right.BaseAddress) || right.Contains(left.BaseAddress);

    private static IPNetwork? Twin(IPNetwork range)
    {
        if (range.PrefixLength == 0)
            return null;
        var bits = 8 * range.BaseAddress.GetAddressBytes().Length;
        var number = Number(range.BaseAddress) ^ (BigInteger.One << (bits - range.PrefixLength));
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return new IPNetwork(new IPAddress([.. new byte[(bits / 8) - bytes.Length], .. bytes]), range.PrefixLength);
    }

    private static IPAddress Min(IPAddress left, IPAddress right) => Number(left) < Number(right) ? left : right;

    private static BigInteger Number(IPAddress address) => new(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true);
}
