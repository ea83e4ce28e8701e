using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>Block YAML in go-yaml v2's style.</summary>
internal sealed class YamlWriter
{
    /// <summary>libyaml's limit for a key on the line of its value, in bytes.</summary>
    private const int LongestSimpleKey = 128;

    private readonly StringBuilder _text = new();

    public string Write(JsonNode? value)
    {
        Value(value, 0, afterKey: false);
        return _text.ToString();
    }

    /// <summary>Writes a value and the end of its line; the cursor stands after "key:" or "- " or at the start.</summary>
    private void Value(JsonNode? value, int indent, bool afterKey)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                if (afterKey)
                    _text.Append('\n');
                Map(map, afterKey ? indent + 2 : indent, startsLine: afterKey);
                break;
            case JsonArray { Count: > 0 } list:
                // go-yaml v2 writes a list at the level of its key.
                if (afterKey)
                    _text.Append('\n');
                List(list, indent, startsLine: afterKey);
                break;
            default:
                if (afterKey)
                    _text.Append(' ');
                Scalar(value, indent + (afterKey ? 2 : 0));
                _text.Append('\n');
                break;
        }
    }

    private void Map(JsonObject map, int indent, bool startsLine)
    {
        foreach ((string key, JsonNode? value) in map.OrderBy(member => member.Key, YamlKeyOrder.Instance))
        {
            if (startsLine)
                _text.Append(' ', indent);
            startsLine = true;
            YamlStringStyle style = YamlStrings.StyleOf(key, isKey: true);
            if (Encoding.UTF8.GetByteCount(key) > LongestSimpleKey || key.Contains('\n', StringComparison.Ordinal))
            {
                _text.Append("? ");
                YamlStrings.Append(_text, key, style, indent);
                _text.Append('\n').Append(' ', indent);
            }
            else
            {
                YamlStrings.Append(_text, key, style, indent);
            }
            _text.Append(':');
            Value(value, indent, afterKey: true);
        }
    }

    private void List(JsonArray list, int indent, bool startsLine)
    {
        foreach (JsonNode? item in list)
        {
            if (startsLine)
                _text.Append(' ', indent);
            startsLine = true;
            _text.Append("- ");
            Value(item, indent + 2, afterKey: false);
        }
    }

    private void Scalar(JsonNode? value, int indent)
    {
        switch (value)
        {
            case null:
                _text.Append("null");
                break;
            case JsonObject:
                _text.Append("{}");
                break;
            case JsonArray:
                _text.Append("[]");
                break;
            case var _ when value.GetValueKind() == JsonValueKind.String:
                string text = value.GetValue<string>();
                YamlStrings.Append(_text, text, YamlStrings.StyleOf(text, isKey: false), Math.Max(indent, 2));
                break;
            case var _ when value.GetValueKind() == JsonValueKind.Number:
                _text.Append(Number(GoJson.Write(value)));
                break;
            default:
                _text.Append(value.ToJsonString());
                break;
        }
    }

    /// <summary>JSON numbers without fraction stay integers; others are printed by strconv's 'g'.</summary>
    private static string Number(string json) => json.AsSpan().IndexOfAny('.', 'e', 'E') < 0
        ? json
        : GoNumber.General(double.Parse(json, CultureInfo.InvariantCulture));
}
