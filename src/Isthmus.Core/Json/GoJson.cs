using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>JSON text as Go's encoding/json writes it, since annotations and environment values are compared byte by byte.</summary>
public static class GoJson
{
    /// <summary>Compact JSON; <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c>, U+2028 and U+2029 as escapes. Go sorts the keys of maps, not those of structs.</summary>
    public static string Write(JsonNode? value, bool sortKeys = true)
    {
        var text = new StringBuilder();
        Append(text, value, sortKeys);
        return text.ToString();
    }

    /// <summary>A JSON string literal.</summary>
    public static string Quote(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new StringBuilder(value.Length + 2);
        AppendString(text, value);
        return text.ToString();
    }

    /// <summary>A float64 as encoding/json prints it: shortest digits, exponent form below 1e-6 and from 1e21.</summary>
    public static string Number(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), "json: unsupported value");
        double size = Math.Abs(value);
        if (size != 0 && (size < 1e-6 || size >= 1e21))
            return Exponent(value);
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal) ? Plain(text) : text;
    }

    private static void Append(StringBuilder text, JsonNode? value, bool sortKeys)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                AppendMap(text, map, sortKeys);
                break;
            case JsonArray list:
                text.Append('[');
                for (int i = 0; i < list.Count; i++)
                {
                    if (i > 0)
                        text.Append(',');
                    Append(text, list[i], sortKeys);
                }
                text.Append(']');
                break;
            default:
                AppendScalar(text, value);
                break;
        }
    }

    private static void AppendMap(StringBuilder text, JsonObject map, bool sortKeys)
    {
        IEnumerable<KeyValuePair<string, JsonNode?>> members = sortKeys ? map.OrderBy(member => member.Key, GoOrder.Strings) : map;
        text.Append('{');
        bool first = true;
        foreach ((string key, JsonNode? member) in members)
        {
            if (!first)
                text.Append(',');
            first = false;
            AppendString(text, key);
            text.Append(':');
            Append(text, member, sortKeys);
        }
        text.Append('}');
    }

    private static void AppendScalar(StringBuilder text, JsonNode value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                AppendString(text, value.GetValue<string>());
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            default:
                string number = value.ToJsonString();
                text.Append(long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                    || ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                    ? number
                    : Number(double.Parse(number, CultureInfo.InvariantCulture)));
                break;
        }
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029':
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                case var _ when char.IsSurrogate(c) && !(char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1])):
                    text.Append("\\ufffd");
                    break;
                case var _ when char.IsHighSurrogate(c):
                    text.Append(c).Append(value[++i]);
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
        text.Append('"');
    }

    /// <summary>Go writes 1e+21 and 1e-7 where .NET writes 1E+21 and 1E-07.</summary>
    private static string Exponent(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int at = text.IndexOf('E', StringComparison.Ordinal);
        string digits = text[(at + 2)..].TrimStart('0');
        return $"{text[..at]}e{text[at + 1]}{digits}";
    }

    /// <summary>Shortest digits without an exponent, for values that .NET prints with one (from 1e15, below 1e-5).</summary>
    private static string Plain(string text)
    {
        int at = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = text[0] == '-' ? "-" : "";
        string mantissa = text[sign.Length..at];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int position = (point < 0 ? digits.Length : point) + exponent;
        return position <= 0
            ? $"{sign}0.{new string('0', -position)}{digits}"
            : position >= digits.Length ? sign + digits.PadRight(position, '0') : $"{sign}{digits[..position]}.{digits[position..]}";
    }
}
