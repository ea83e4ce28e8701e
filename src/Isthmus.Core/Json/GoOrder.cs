namespace Isthmus.Core.Json;

/// <summary>The order in which Go sorts strings: by their UTF-8 bytes.</summary>
public static class GoOrder
{
    /// <summary>Compares by code point, which UTF-8 keeps and UTF-16 does not.</summary>
    public static IComparer<string> Strings { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string? left, string? right)
    {
        if (left is null || right is null)
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
            return left.Length - right.Length;
        (char l, char r) = (left[common], right[common]);
        // Surrogates stand for the code points above U+FFFF but their own values lie below U+E000.
        return char.IsSurrogate(l) == char.IsSurrogate(r) ? l - r : char.IsSurrogate(l) ? 1 : -1;
    }
}
