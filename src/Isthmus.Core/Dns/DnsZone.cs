using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Core.Dns;

/// <summary>What every provider says about the mesh's domain: lifetimes, the SOA of negative answers, names without records.</summary>
internal static class DnsZone
{
    /// <summary>Seconds that a record may be cached. With CoreDNS's own delay a change is seen everywhere within 30 s.</summary>
    public const int Ttl = 15;

    /// <summary>Seconds that a negative answer may be cached: short, since names are asked for before they are exported.</summary>
    public const int NegativeTtl = 5;

    /// <summary>The record that makes negative answers cacheable, without its owner and class.</summary>
    public static string Soa(string domain, uint serial) =>
        string.Create(CultureInfo.InvariantCulture, $"SOA ns.dns.{domain}. hostmaster.{domain}. {serial} 7200 1800 86400 {NegativeTtl}");

    /// <summary>
    /// A number that is another one for other content, and the same wherever the content is: CoreDNS reads a zone file again when
    /// its serial differs, whichever way. Never 0, which CoreDNS takes for a file that it has read already.
    /// </summary>
    public static uint Serial(string content) =>
        Math.Max(1, BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(content))));

    /// <summary>Names that have no record but names below them, the domain itself among them: they exist, so they are no NXDOMAIN.</summary>
    public static ImmutableSortedSet<string> EmptyNames(string domain, IEnumerable<string> hosts)
    {
        var names = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        names.Add(domain);
        var held = hosts.ToHashSet(StringComparer.Ordinal);
        foreach (var host in held)
        {
            for (var dot = host.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = host.IndexOf('.', dot + 1))
            {
                var parent = host[(dot + 1)..];
                if (!parent.EndsWith("." + domain, StringComparison.Ordinal))
                    break;
                if (!held.Contains(parent))
                    names.Add(parent);
            }
        }

        return names.ToImmutable();
    }

    /// <summary>Whether a word of a file is an address and not a bare number, which the parser would take for one too.</summary>
    public static bool IsAddress(string word) => word.Contains('.', StringComparison.Ordinal) && IPAddress.TryParse(word, out _);
}
