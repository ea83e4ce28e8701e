namespace Isthmus.Embedded.Http;

/// <summary>Which warnings are sent: each once, none with control characters, and long ones cut when all together are too long for a header.</summary>
internal static class WarningHeaders
{
    private const int TotalLimit = 4096;
    private const int CutTo = 256;

    public static IEnumerable<string> Sendable(IEnumerable<string> warnings)
    {
        var all = warnings.Where(warning => warning.Length > 0 && !warning.Any(char.IsControl)).Distinct(StringComparer.Ordinal).ToArray();
        if (all.Sum(warning => warning.Length) <= TotalLimit)
            return all;
        var total = 0;
        return all.Select(warning => warning.Length > CutTo ? warning[..CutTo] : warning).TakeWhile(warning => (total += warning.Length) <= TotalLimit).ToArray();
    }
}
