using System.Text.RegularExpressions;

namespace GoTemplate.Sprig;

/// <summary>Pieces of RE2's syntax.</summary>
internal static partial class RegexTokens
{
    [GeneratedRegex(@"\{([0-9]+)(,([0-9]*))?\}")]
    public static partial Regex Repetition();

    [GeneratedRegex(@"^\(\?P?<([A-Za-z_0-9]+)>")]
    public static partial Regex GroupStart();

    [GeneratedRegex(@"^\(\?([imsU]*)(?:-([imsU]+))?(:|\))")]
    public static partial Regex FlagGroup();

    [GeneratedRegex(@"\\x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))")]
    public static partial Regex HexEscape();

    [GeneratedRegex(@"\\[pP](?:([A-Za-z])|\{(\^?)([A-Za-z_]+)\})")]
    public static partial Regex PropertyName();

    [GeneratedRegex(@"\[:(\^?)([a-z]+):\]")]
    public static partial Regex PosixClass();
}
