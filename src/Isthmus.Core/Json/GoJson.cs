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
                    : GoNumber.Json(double.Parse(number, CultureInfo.InvariantCulture)));
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
}
