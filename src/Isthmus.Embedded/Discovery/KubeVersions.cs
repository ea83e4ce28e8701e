using System.Globalization;
using System.Text.RegularExpressions;

namespace Isthmus.Embedded.Discovery;

/// <summary>Kubernetes' order of version names: stable before beta before alpha, newer first, anything else last by name.</summary>
internal static partial class KubeVersions
{
    public static IComparer<string> Newest { get; } = Comparer<string>.Create((a, b) =>
    {
        var order = Rank(b).CompareTo(Rank(a));
        return order != 0 ? order : string.CompareOrdinal(a, b);
    });

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        var match = Pattern().Match(version);
        if (!match.Success)
        {
            return (0, 0, 0);
        }
        var stability = match.Groups[2].Value switch { "" => 3, "beta" => 2, _ => 1 };
        return (stability, Number(match.Groups[1]), Number(match.Groups[3]));
    }

    private static int Number(Group group) =>
        int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex("^v([0-9]+)(?:(alpha|beta)([0-9]+))?$")]
    private static partial Regex Pattern();
}
