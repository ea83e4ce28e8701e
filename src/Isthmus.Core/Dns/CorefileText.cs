using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Isthmus.Core.Dns;

/// <summary>The pieces of CoreDNS configuration that both providers write.</summary>
internal static partial class CorefileText
{
    /// <summary>
    /// A server block for the domain. The hosts plugin answers A, and NODATA for every other type of a name that it knows; by itself
    /// it answers SERVFAIL for the rest, so that falls through to a template that says NXDOMAIN, with an SOA so that it can be cached.
    /// </summary>
    public static string ServerBlock(string domain, string hosts) =>
        $$"""
        {{domain}}:53 {
            errors
        {{hosts}}
            template ANY ANY {{domain}} {
                rcode NXDOMAIN
                authority "{{domain}}. 30 IN SOA ns.dns.{{domain}}. hostmaster.{{domain}}. 1 7200 1800 86400 30"
            }
        }

        """;

    /// <summary>Lines of a hosts file, in the order of names.</summary>
    public static string HostLines(IReadOnlyDictionary<string, string> records, string indent)
    {
        var text = new StringBuilder();
        foreach (var (host, address) in records.OrderBy(record => record.Key, StringComparer.Ordinal))
            text.Append(indent).Append(address).Append(' ').Append(host).Append('\n');
        return text.ToString();
    }

    public static ImmutableSortedDictionary<string, string> ReadHostLines(string text)
    {
        var records = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            // A word such as "ttl 30" is no record; the parser takes bare numbers for addresses, but not those words.
            if (words is [var address, var host] && char.IsAsciiDigit(address[0]) && IPAddress.TryParse(address, out _))
                records[host] = address;
        }

        return records.ToImmutable();
    }

    /// <summary>Whether a Corefile has a server block for a domain, in any of the forms that CoreDNS reads: scheme, port, several zones, trailing dot.</summary>
    public static bool HasServerBlock(string corefile, string domain)
    {
        foreach (Match block in ServerBlockHead().Matches(corefile))
        {
            foreach (var zone in block.Groups["zones"].Value.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries))
            {
                var name = zone[(zone.LastIndexOf('/') + 1)..].Split(':')[0].TrimEnd('.');
                if (string.Equals(name, domain, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }

    // A server block starts at the beginning of a line; plugins stand indented or behind other words inside one.
    [GeneratedRegex(@"^(?<zones>[^\s#{}][^#{}\n]*)\{", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ServerBlockHead();
}
