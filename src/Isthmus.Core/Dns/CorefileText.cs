using System.Text.RegularExpressions;

namespace Isthmus.Core.Dns;

/// <summary>Reading of Corefiles: which domains have a server block, and what it holds.</summary>
internal static partial class CorefileText
{
    /// <summary>Whether a Corefile has a server block for a domain, in any of the forms that CoreDNS reads: scheme, port, several zones, trailing dot.</summary>
    public static bool HasServerBlock(string corefile, string domain) =>
        Zones(corefile).Any(zone => string.Equals(zone, domain, StringComparison.OrdinalIgnoreCase));

    /// <summary>The zones below a domain that have a server block: CoreDNS asks the longest match, so names in them never come to ours.</summary>
    public static IEnumerable<string> ServerBlocksBelow(string corefile, string domain) =>
        Zones(corefile).Where(zone => zone.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether CoreDNS looks for changes of a Corefile. One such line counts for the whole process, whichever block it stands in.</summary>
    public static bool Reloads(string corefile) => ReloadLine().IsMatch(corefile);

    /// <summary>Whether a Corefile takes in other files.</summary>
    public static bool Imports(string corefile) => ImportLine().IsMatch(corefile);

    /// <summary>Whether it takes in the server blocks of AKS's coredns-custom.</summary>
    public static bool ImportsServers(string corefile) => ImportServersLine().IsMatch(corefile);

    private static IEnumerable<string> Zones(string corefile) =>
        from Match block in ServerBlockHead().Matches(corefile)
        from zone in block.Groups["zones"].Value.Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries)
        select zone[(zone.LastIndexOf('/') + 1)..].Split(':')[0].TrimEnd('.');

    // A server block starts at the beginning of a line; plugins stand indented or behind other words inside one. Behind a comma
    // the list of zones goes on in the next line.
    [GeneratedRegex(@"^(?<zones>[^\s#{}](?:[^#{}\n]|(?<=,[ \t\r]*)\n)*)\{", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ServerBlockHead();

    [GeneratedRegex(@"^[ \t]*import\s+\S*custom/(\*|\*\.server|isthmus\S*)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ImportServersLine();

    [GeneratedRegex(@"^\s*import\s", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ImportLine();

    [GeneratedRegex(@"^\s*reload(\s|$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ReloadLine();
}
