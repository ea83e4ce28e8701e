using System.Text;

namespace Isthmus.Core.Json;

/// <summary>The order in which go-yaml writes the keys of a map: numbers inside keys by value, so that port2 stands before port10.</summary>
internal static class YamlKeyOrder
{
    public static IComparer<string> Instance { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string? left, string? right)
    {
        if (string.Equals(left, right, StringComparison.Ordinal))
            return 0;
        Rune[] a = [.. (left ?? "").EnumerateRunes()];
        Rune[] b = [.. (right ?? "").EnumerateRunes()];
        bool digits = false;
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] == b[i])
            {
                digits = Rune.IsDigit(a[i]);
                continue;
            }
            bool aLetter = Rune.IsLetter(a[i]);
            bool bLetter = Rune.IsLetter(b[i]);
            if (aLetter && bLetter)
                return a[i].CompareTo(b[i]);
            if (aLetter || bLetter)
                return aLetter == digits ? -1 : 1;
            return CompareNumbers(a, b, i);
        }
        return a.Length - b.Length;
    }

    private static int CompareNumbers(Rune[] a, Rune[] b, int at)
    {
        long start = 0;
        if (a[at].Value == '0' || b[at].Value == '0')
        {
            for (int j = at - 1; j >= 0 && Rune.IsDigit(a[j]); j--)
            {
                if (a[j].Value != '0')
                {
                    start = 1;
                    break;
                }
            }
        }
        (long aNumber, int aEnd) = Number(a, at, start);
        (long bNumber, int bEnd) = Number(b, at, start);
        return aNumber != bNumber ? aNumber.CompareTo(bNumber) : aEnd != bEnd ? aEnd - bEnd : a[at].CompareTo(b[at]);
    }

    private static (long Number, int End) Number(Rune[] text, int at, long number)
    {
        // Go's int64 wraps around too.
        for (; at < text.Length && Rune.IsDigit(text[at]); at++)
            number = unchecked((number * 10) + (text[at].Value - '0'));
        return (number, at);
    }
}
