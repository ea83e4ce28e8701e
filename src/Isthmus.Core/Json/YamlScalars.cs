using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Isthmus.Core.Json;

/// <summary>YAML 1.1 scalars by go-yaml v2's resolution table.</summary>
internal static partial class YamlScalars
{
    public const string MergeTag = "tag:yaml.org,2002:merge";
    private const string Core = "tag:yaml.org,2002:";

    /// <summary>Kinds of plain scalars that must be quoted to stay strings.</summary>
    private enum Kind
    {
        Text,
        Null,
        Boolean,
        Integer,
        Float,
        NotFinite,
        Timestamp,
        Merge,
    }

    /// <summary>Whether a string, written plain, would be read as something else (dates included, which stay strings but of another tag).</summary>
    public static bool ReadsAsAnotherType(string text) => Classify(text, out _) != Kind.Text || Sexagesimal().IsMatch(text);

    /// <summary>The value of a scalar; <paramref name="tag"/> is empty where none was written.</summary>
    public static JsonNode? Resolve(string text, string tag, bool plain, long line)
    {
        if (tag.Length == 0)
            return plain ? Plain(text, line) : JsonValue.Create(text);
        if (!tag.StartsWith(Core, StringComparison.Ordinal))
            return JsonValue.Create(text);
        switch (tag[Core.Length..])
        {
            case "binary":
                return JsonValue.Create(Binary(text, line));
            case "float" when Classify(text, out JsonNode? number) is Kind.Integer or Kind.Float:
                return number;
            case "null" or "bool" or "int" or "float" or "timestamp":
                return Tagged(text, tag[Core.Length..], line);
            default:
                return JsonValue.Create(text);
        }
    }

    /// <summary>The JSON key of a scalar: numbers and booleans become their text.</summary>
    public static string Key(JsonNode? key, long line) => key?.GetValueKind() switch
    {
        JsonValueKind.String => key.GetValue<string>(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number when key.AsValue().TryGetValue(out double number) => GoNumber.General((float)number),
        JsonValueKind.Number => key.ToJsonString(),
        null => throw new YamlFormatException(line, "unsupported map key of type: nil"),
        _ => throw new YamlFormatException(line, "invalid map key"),
    };

    private static JsonNode? Plain(string text, long line)
    {
        Kind kind = Classify(text, out JsonNode? value);
        return kind == Kind.NotFinite ? throw new YamlFormatException(line, $"json: unsupported value: {text}") : value;
    }

    private static JsonNode? Tagged(string text, string tag, long line)
    {
        Kind kind = Classify(text, out JsonNode? value);
        string found = kind switch { Kind.Null => "null", Kind.Boolean => "bool", Kind.Integer => "int", Kind.Float => "float", Kind.Timestamp => "timestamp", _ => "str" };
        return found == tag ? value : throw new YamlFormatException(line, $"cannot decode !!{found} `{text}` as a !!{tag}");
    }

    private static string Binary(string text, long line)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException problem)
        {
            throw new YamlFormatException(line, "!!binary value contains invalid base64 data", problem);
        }
    }

    private static Kind Classify(string text, out JsonNode? value)
    {
        value = null;
        if (text.Length == 0)
            return Kind.Null;
        char first = text[0];
        if (char.IsAsciiDigit(first) || first is '+' or '-' or '.')
            return Number(text, out value);
        // Words of other first letters cannot be special: most scalars end here.
        if (text.Length <= 5 && "~nNyYtTfFoO<".Contains(first, StringComparison.Ordinal))
        {
            switch (text)
            {
                case "~" or "null" or "Null" or "NULL":
                    return Kind.Null;
                case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                    value = JsonValue.Create(true);
                    return Kind.Boolean;
                case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                    value = JsonValue.Create(false);
                    return Kind.Boolean;
                case "<<":
                    value = JsonValue.Create(text);
                    return Kind.Merge;
            }
        }
        value = JsonValue.Create(text);
        return Kind.Text;
    }

    private static Kind Number(string text, out JsonNode? value)
    {
        string digits = text.Contains('_', StringComparison.Ordinal) ? text.Replace("_", "", StringComparison.Ordinal) : text;
        if (text is ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" or ".nan" or ".NaN" or ".NAN")
        {
            value = null;
            return Kind.NotFinite;
        }
        if (text[0] != '.' && TryInteger(digits, out value))
            return Kind.Integer;
        if (Float().IsMatch(digits)
            && double.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number))
        {
            value = JsonValue.Create(number);
            return Kind.Float;
        }
        value = JsonValue.Create(text);
        return Timestamp().IsMatch(text) ? Kind.Timestamp : Kind.Text;
    }

    /// <summary>Go's ParseInt with base 0: decimal, 0x, 0b, 0o and a leading 0 for octal.</summary>
    private static bool TryInteger(string digits, out JsonNode? value)
    {
        value = null;
        bool negative = digits[0] == '-';
        ReadOnlySpan<char> rest = digits.AsSpan(digits[0] is '+' or '-' ? 1 : 0);
        if (rest.IsEmpty)
            return false;
        uint radix = 10;
        if (rest[0] == '0' && rest.Length > 1)
        {
            radix = (rest[1] | 0x20) switch { 'x' => 16, 'b' => 2, _ => 8 };
            rest = rest[(radix != 8 || (rest[1] | 0x20) == 'o' ? 2 : 1)..];
        }
        if (rest.IsEmpty)
            return false;
        UInt128 number = 0;
        foreach (char c in rest)
        {
            uint digit = char.IsAsciiHexDigit(c) ? (uint)Convert.ToInt32(c.ToString(), 16) : uint.MaxValue;
            if (digit >= radix)
                return false;
            number = (number * radix) + digit;
            if (number > ulong.MaxValue)
                return false;
        }
        if (negative && number > (UInt128)long.MaxValue + 1)
            return false;
        value = negative ? JsonValue.Create((long)-(Int128)number)
            : number <= long.MaxValue ? JsonValue.Create((long)number)
            : digits[0] == '+' ? null : JsonValue.Create((ulong)number);
        return value is not null;
    }

    [GeneratedRegex(@"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Float();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ ])[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Timestamp();

    /// <summary>Base 60 numbers of older YAML 1.1 readers, which go-yaml quotes for their sake.</summary>
    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sexagesimal();
}
