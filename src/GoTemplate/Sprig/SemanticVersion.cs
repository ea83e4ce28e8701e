using System.Globalization;
using System.Text.RegularExpressions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>A version as Sprig's semver returns it, with the methods of its Go type.</summary>
internal sealed partial record SemanticVersion(ulong Major, ulong Minor, ulong Patch, string Prerelease, string Metadata, string Original)
    : IGoObject, IComparable<SemanticVersion>
{
    public string GoType => "*semver.Version";

    public static SemanticVersion? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success) return null;
        ulong minor = 0, patch = 0;
        var parsed = ulong.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && (!match.Groups[2].Success || ulong.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out minor))
            && (!match.Groups[3].Success || ulong.TryParse(match.Groups[3].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out patch));
        var prerelease = match.Groups[4].Value;
        if (!parsed || prerelease.Split('.').Any(p => p.Length > 1 && p[0] == '0' && p.All(char.IsAsciiDigit))) return null;
        return new SemanticVersion(major, minor, patch, prerelease, match.Groups[5].Value, text);
    }

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null) return 1;
        var order = Major.CompareTo(other.Major);
        if (order == 0) order = Minor.CompareTo(other.Minor);
        if (order == 0) order = Patch.CompareTo(other.Patch);
        return order != 0 ? order : ComparePrerelease(Prerelease, other.Prerelease);
    }

    public override string ToString() =>
        $"{Major}.{Minor}.{Patch}{(Prerelease.Length > 0 ? "-" : "")}{Prerelease}{(Metadata.Length > 0 ? "+" : "")}{Metadata}";

    public bool TryGetField(string name, out object? value)
    {
        value = null;
        return false;
    }

    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
    {
        result = name switch
        {
            "Major" => Major,
            "Minor" => Minor,
            "Patch" => Patch,
            "Prerelease" => Prerelease,
            "Metadata" => Metadata,
            "Original" => Original,
            "String" => ToString(),
            "IncMajor" => Next(Major + 1, 0, 0),
            "IncMinor" => Next(Major, Minor + 1, 0),
            "IncPatch" => Prerelease.Length > 0 ? Next(Major, Minor, Patch) : Next(Major, Minor, Patch + 1),
            "Compare" => GoValue.Int(Math.Sign(CompareTo(Other(args)))),
            "Equal" => CompareTo(Other(args)) == 0,
            "LessThan" => CompareTo(Other(args)) < 0,
            "GreaterThan" => CompareTo(Other(args)) > 0,
            _ => null,
        };
        return result is not null;
    }

    private static SemanticVersion Next(ulong major, ulong minor, ulong patch) =>
        new(major, minor, patch, "", "", $"{major}.{minor}.{patch}");

    private static SemanticVersion Other(IReadOnlyList<object?> args) =>
        args is [SemanticVersion other] ? other : throw new FunctionException("wrong type for value; expected *semver.Version");

    /// <summary>A release comes after its prereleases; numbers before words, compared part by part.</summary>
    private static int ComparePrerelease(string a, string b)
    {
        if (a == b) return 0;
        if (a.Length == 0) return 1;
        if (b.Length == 0) return -1;
        var (x, y) = (a.Split('.'), b.Split('.'));
        for (var i = 0; i < Math.Min(x.Length, y.Length); i++)
        {
            var (p, q) = (ulong.TryParse(x[i], NumberStyles.None, CultureInfo.InvariantCulture, out var m), ulong.TryParse(y[i], NumberStyles.None, CultureInfo.InvariantCulture, out var n));
            var order = p && q ? m.CompareTo(n) : p ? -1 : q ? 1 : string.CompareOrdinal(x[i], y[i]);
            if (order != 0) return order;
        }

        return x.Length - y.Length;
    }

    [GeneratedRegex(@"^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
