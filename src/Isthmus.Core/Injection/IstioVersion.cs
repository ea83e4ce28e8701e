using System.Globalization;

namespace Isthmus.Core.Injection;

/// <summary>An Istio version, as image tags and settings write it: <c>1.24.6</c>, <c>1.31.0-rc.0</c>, <c>1.24-dev</c>, <c>1.27.9-distroless</c>.</summary>
public readonly record struct IstioVersion(int Major, int Minor, int Patch) : IComparable<IstioVersion>
{
    /// <summary>What follows the numbers, without its hyphen (<c>rc.0</c>, <c>distroless</c>); it does not count when versions are compared.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Reads a version; a leading <c>v</c> or <c>release-</c> and a missing patch number are accepted.</summary>
    public static bool TryParse(string? text, out IstioVersion version)
    {
        version = default;
        if (text is null) return false;
        var rest = text.Trim();
        if (rest.StartsWith("release-", StringComparison.Ordinal)) rest = rest["release-".Length..];
        if (rest.StartsWith('v')) rest = rest[1..];
        var end = rest.AsSpan().IndexOfAny('-', '+', '_');
        var numbers = (end < 0 ? rest : rest[..end]).Split('.');
        if (numbers.Length is < 2 or > 3) return false;
        var parsed = new int[3];
        for (var i = 0; i < numbers.Length; i++)
            if (!int.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out parsed[i])) return false;
        version = new IstioVersion(parsed[0], parsed[1], parsed[2]) { Suffix = end < 0 ? "" : rest[(end + 1)..] };
        return true;
    }

    /// <summary>Finds the version in the tag of an image reference such as <c>docker.io/istio/pilot:1.27.9-distroless</c>.</summary>
    public static bool TryParseImage(string image, out IstioVersion version)
    {
        ArgumentNullException.ThrowIfNull(image);
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        version = default;
        return colon > name.LastIndexOf('/') && TryParse(name[(colon + 1)..], out version);
    }

    public int CompareTo(IstioVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public bool IsAtLeast(int major, int minor, int patch = 0) => CompareTo(new IstioVersion(major, minor, patch)) >= 0;

    public static bool operator <(IstioVersion left, IstioVersion right) => left.CompareTo(right) < 0;
    public static bool operator >(IstioVersion left, IstioVersion right) => left.CompareTo(right) > 0;
    public static bool operator <=(IstioVersion left, IstioVersion right) => left.CompareTo(right) <= 0;
    public static bool operator >=(IstioVersion left, IstioVersion right) => left.CompareTo(right) >= 0;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}{(string.IsNullOrEmpty(Suffix) ? "" : "-")}{Suffix}");
}
