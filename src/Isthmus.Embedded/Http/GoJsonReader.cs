using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Http;

/// <summary>Text that is no JSON; the message is that of Go's <c>encoding/json</c>, which API servers pass on.</summary>
internal sealed class GoJsonException(string message) : Exception(message);

/// <summary>
/// Reads JSON as Kubernetes' decoder does: the last of several equal keys wins, and each is reported by its path
/// (<c>data.a</c>); numbers are int64 where they fit, else float64.
/// </summary>
internal sealed class GoJsonReader
{
    private const int DepthLimit = 1000;

    private readonly string _text;
    private readonly List<string> _duplicates = [];
    private int _at;

    private GoJsonReader(string text) => _text = text;

    public static JsonNode? Read(string text, out IReadOnlyList<string> duplicates)
    {
        var reader = new GoJsonReader(text);
        var node = reader.Value("", 0, "beginning of value");
        reader.SkipSpace();
        if (reader._at < text.Length)
        {
            throw reader.Unexpected("after top-level value", looking: false);
        }
        duplicates = reader._duplicates;
        return node;
    }

    private JsonNode? Value(string path, int depth, string lookingFor)
    {
        if (depth > DepthLimit)
        {
            throw new GoJsonException("exceeded max depth");
        }
        SkipSpace();
        switch (Peek())
        {
            case '{':
                return Object(path, depth);
            case '[':
                return Array(path, depth);
            case '"':
                return JsonValue.Create(String());
            case 't':
                return Literal("true", JsonValue.Create(true));
            case 'f':
                return Literal("false", JsonValue.Create(false));
            case 'n':
                return Literal("null", null);
            case '-' or (>= '0' and <= '9'):
                return Number();
            default:
                throw Unexpected(lookingFor);
        }
    }

    private JsonObject Object(string path, int depth)
    {
        var obj = new JsonObject();
        _at++;
        SkipSpace();
        if (Peek() == '}')
        {
            _at++;
            return obj;
        }
        while (true)
        {
            SkipSpace();
            if (Peek() != '"')
            {
                throw Unexpected("beginning of object key string");
            }
            var key = String();
            SkipSpace();
            if (Peek() != ':')
            {
                throw Unexpected("after object key", looking: false);
            }
            _at++;
            var below = path.Length == 0 ? key : $"{path}.{key}";
            if (obj.ContainsKey(key))
            {
                _duplicates.Add(below);
            }
            obj[key] = Value(below, depth + 1, "beginning of value");
            SkipSpace();
            switch (Peek())
            {
                case ',':
                    _at++;
                    break;
                case '}':
                    _at++;
                    return obj;
                default:
                    throw Unexpected("after object key:value pair", looking: false);
            }
        }
    }

    private JsonArray Array(string path, int depth)
    {
        var list = new JsonArray();
        _at++;
        SkipSpace();
        if (Peek() == ']')
        {
            _at++;
            return list;
        }
        while (true)
        {
            list.Add(Value($"{path}[{list.Count}]", depth + 1, "beginning of value"));
            SkipSpace();
            switch (Peek())
            {
                case ',':
                    _at++;
                    break;
                case ']':
                    _at++;
                    return list;
                default:
                    throw Unexpected("after array element", looking: false);
            }
        }
    }

    private string String()
    {
        var text = new StringBuilder();
        _at++;
        while (true)
        {
            var c = Peek();
            if (c == '"')
            {
                _at++;
                return text.ToString();
            }
            if (c < ' ')
            {
                throw Unexpected("in string literal", looking: false);
            }
            _at++;
            text.Append(c == '\\' ? Escape() : c);
        }
    }

    private char Escape()
    {
        var c = Peek();
        if (c == 'u')
        {
            _at++;
            var digits = _at + 4 <= _text.Length ? _text.AsSpan(_at, 4) : throw End();
            if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                throw Unexpected("in \\u hexadecimal character escape", looking: false);
            }
            _at += 4;
            return (char)unit;
        }
        var meant = "\"\\/bfnrt".IndexOf(c, StringComparison.Ordinal);
        if (meant < 0)
        {
            throw Unexpected("in string escape code", looking: false);
        }
        _at++;
        return "\"\\/\b\f\n\r\t"[meant];
    }

    private JsonValue Number()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] is '-' or '+' or '.' or 'e' or 'E'))
        {
            _at++;
        }
        var text = _text.AsSpan(start, _at - start);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            return JsonValue.Create(integer);
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? JsonValue.Create(real)
            : throw new GoJsonException("invalid character in numeric literal");
    }

    private JsonValue? Literal(string word, JsonValue? value)
    {
        for (var i = 0; i < word.Length; i++, _at++)
        {
            if (Peek() != word[i])
            {
                throw Unexpected($"in literal {word} (expecting '{word[i]}')", looking: false);
            }
        }
        return value;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && (_text[_at] is ' ' or '\t' or '\n' or '\r'))
        {
            _at++;
        }
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw End();

    private static GoJsonException End() => new("unexpected end of JSON input");

    private GoJsonException Unexpected(string where, bool looking = true) => _at >= _text.Length
        ? End()
        : new GoJsonException($"invalid character {Quote(_text[_at])} {(looking ? "looking for " : "")}{where}");

    private static string Quote(char c) => c switch
    {
        '\'' => "'\\''",
        '"' => "'\"'",
        < ' ' => $"'\\x{(int)c:x2}'",
        _ => $"'{c}'",
    };
}
