using System.Globalization;
using System.Text.RegularExpressions;

namespace Isthmus.Embedded.Kinds;

/// <summary>Reads quantities such as <c>100m</c>, <c>64Mi</c>, <c>1e3</c> for comparing them.</summary>
internal static partial class QuantityText
{
    private static readonly Dictionary<string, decimal> Factors = new(StringComparer.Ordinal)
    {
        ["n"] = 1e-9m, ["u"] = 1e-6m, ["m"] = 1e-3m, [""] = 1, ["k"] = 1e3m, ["M"] = 1e6m, ["G"] = 1e9m, ["T"] = 1e12m, ["P"] = 1e15m, ["E"] = 1e18m,
        ["Ki"] = 1L << 10, ["Mi"] = 1L << 20, ["Gi"] = 1L << 30, ["Ti"] = 1L << 40, ["Pi"] = 1L << 50, ["Ei"] = 1L << 60,
    };

    public static bool TryParse(string text, out decimal value)
    {
        value = 0;
        var match = Pattern().Match(text);
        if (!match.Success || !decimal.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        if (match.Groups["exponent"].Success)
        {
            if (!int.TryParse(match.Groups["exponent"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent) || Math.Abs(exponent) > 18)
                return false;
            value = number * (decimal)Math.Pow(10, exponent);
            return true;
        }

        if (!Factors.TryGetValue(match.Groups["suffix"].Value, out var factor) || Math.Abs(number) > decimal.MaxValue / Math.Max(factor, 1))
            return false;
        value = number * factor;
        return true;
    }

    [GeneratedRegex(@"^(?<number>[+-]?[0-9]*\.?[0-9]+|[+-]?[0-9]+\.)(?:[eE](?<exponent>[+-]?[0-9]+)|(?<suffix>[numkKMGTPE]?i?))\z")]
    private static partial Regex Pattern();
}
