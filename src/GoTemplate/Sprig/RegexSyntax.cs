using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Translates RE2's syntax into .NET's; what only .NET knows is refused.</summary>
internal sealed class RegexSyntax
{
    private const int MaxRepeat = 1000;

    private static readonly Dictionary<string, string> PosixClasses = new()
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = "\\x00-\\x7F",
        ["blank"] = "\\t ",
        ["cntrl"] = "\\x00-\\x1F\\x7F",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = "!-/:-@\\[-`{-~",
        ["space"] = "\\t\\n\\v\\f\\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly string _pattern;
    private readonly StringBuilder _result = new();
    private readonly Stack<(bool MultiLine, int Repeat)> _groups = new();
    private bool _multiLine;
    private int _repeat = 1;
    private int _lastRepeat = 1;
    private int _at;

    private RegexSyntax(string pattern) => _pattern = pattern;

    public static string Translate(string pattern)
    {
        if (pattern.Length > 10_000) throw new FunctionException("error parsing regexp: expression too large");
        return new RegexSyntax(pattern).Run();
    }

    /// <summary>Go's $1, ${1} and ${name}; $1x is the group "1x".</summary>
    public static Func<Match, string> Replacement(string template)
    {
        if (!template.Contains('$', StringComparison.Ordinal)) return _ => template;
        return match =>
        {
            var result = new StringBuilder();
            for (var i = 0; i < template.Length;)
            {
                var name = template[i] == '$' ? GroupName(template, ref i) : null;
                if (name is not null) result.Append(name == "$" ? "$" : match.Groups[name].Value);
                else result.Append(template[i++]);
            }

            return result.ToString();
        };
    }

    private static string? GroupName(string template, ref int i)
    {
        if (i + 1 < template.Length && template[i + 1] == '$')
        {
            i += 2;
            return "$";
        }

        var braced = i + 1 < template.Length && template[i + 1] == '{';
        var start = i + (braced ? 2 : 1);
        var end = start;
        while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_')) end++;
        if (end == start || (braced && (end >= template.Length || template[end] != '}'))) return null;
        i = braced ? end + 1 : end;
        var name = template[start..end];
        // .NET numbers the groups that have names after the others; names are looked up as they are.
        return name;
    }

    private string Run()
    {
        while (_at < _pattern.Length)
        {
            var c = _pattern[_at];
            switch (c)
            {
                case '\\': Escape(false); break;
                case '[': Class(); break;
                case '(': OpenGroup(); break;
                case ')':
                    if (_groups.Count == 0) throw Fail("unexpected )");
                    _lastRepeat = _repeat;
                    (_multiLine, _repeat) = _groups.Pop();
                    _repeat = Math.Max(_repeat, _lastRepeat);
                    Copy(1);
                    break;
                case '$': Append(_multiLine ? "(?:$)" : "\\z"); break;
                case '*' or '+' or '?': Quantifier(1); break;
                case '{' when RegexTokens.Repetition().Match(_pattern, _at) is { Success: true } match && match.Index == _at: Counted(match); break;
                case '{': Append("\\{"); break;
                case '#' or ' ': Append("\\" + c); break;
                default:
                    _lastRepeat = 1;
                    Copy(1);
                    break;
            }
        }

        return _groups.Count == 0 ? _result.ToString() : throw Fail("missing closing )");
    }

    private void OpenGroup()
    {
        _groups.Push((_multiLine, _repeat));
        _repeat = 1;
        if (_at + 1 >= _pattern.Length || _pattern[_at + 1] != '?')
        {
            Copy(1);
            return;
        }

        var rest = _pattern[_at..];
        if (RegexTokens.GroupStart().Match(rest) is { Success: true } named)
        {
            _result.Append("(?<").Append(named.Groups[1].Value).Append('>');
            _at += named.Length;
            return;
        }

        var flags = RegexTokens.FlagGroup().Match(rest);
        if (!flags.Success) throw Fail("invalid or unsupported Perl syntax");
        var (on, off, end) = (flags.Groups[1].Value, flags.Groups[2].Value, flags.Groups[3].Value);
        if ((on + off).Contains('U', StringComparison.Ordinal)) throw Fail("the flag U is not supported");
        if (on.Contains('m', StringComparison.Ordinal)) _multiLine = true;
        if (off.Contains('m', StringComparison.Ordinal)) _multiLine = false;
        if (end == ")")
        {
            // Flags without a group of their own hold to the end of the group around them.
            (_, _repeat) = _groups.Pop();
        }

        Copy(flags.Length);
    }

    private void Counted(Match match)
    {
        var least = Number(match.Groups[1].Value);
        var most = match.Groups[3].Value.Length > 0 ? Number(match.Groups[3].Value) : least;
        if (least > MaxRepeat || most > MaxRepeat || (match.Groups[3].Value.Length > 0 && most < least)) throw Fail("invalid repeat count");
        // RE2 bounds nested repetitions by their product.
        var size = Math.Max(most, 1) * _lastRepeat;
        if (size > MaxRepeat) throw Fail("invalid repeat count");
        _repeat = Math.Max(_repeat, size);
        Quantifier(match.Length);
    }

    private static int Number(string digits) => digits.Length > 5 ? int.MaxValue / 4096 : int.Parse(digits, CultureInfo.InvariantCulture);

    private void Quantifier(int length)
    {
        Copy(length);
        if (_at < _pattern.Length && _pattern[_at] == '?') Copy(1);
        if (_at < _pattern.Length && (_pattern[_at] is '*' or '+' or '?' || (RegexTokens.Repetition().Match(_pattern, _at) is { Success: true } m && m.Index == _at)))
            throw Fail("invalid nested repetition operator");
    }

    private void Escape(bool inClass)
    {
        if (_at + 1 >= _pattern.Length) throw Fail("trailing backslash at end of expression");
        _lastRepeat = 1;
        var c = _pattern[_at + 1];
        switch (c)
        {
            case 'd': Put(inClass ? "0-9" : "[0-9]"); break;
            case 'w': Put(inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]"); break;
            case 's': Put(inClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]"); break;
            case 'D' when !inClass: Put("[^0-9]"); break;
            case 'W' when !inClass: Put("[^0-9A-Za-z_]"); break;
            case 'S' when !inClass: Put("[^\\t\\n\\f\\r ]"); break;
            case 'D': Put("\\x00-/:-\\uFFFF"); break;
            case 'W': Put("\\x00-/:-@\\[-\\^`{-\\uFFFF"); break;
            case 'S': Put("\\x00-\\x08\\x0B\\x0E-\\x1F!-\\uFFFF"); break;
            case 'a' or 'f' or 't' or 'n' or 'r' or 'v': Put("\\" + c); break;
            case 'A' or 'b' or 'B' or 'z' when !inClass: Put("\\" + c); break;
            case 'p' or 'P': Property(c); break;
            case 'x': Hexadecimal(inClass); break;
            case 'Q' when !inClass: Quoted(); break;
            case >= '0' and <= '7': Octal(); break;
            case var _ when char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c): Put("\\" + c); break;
            default: throw Fail($"invalid escape sequence: `\\{c}`");
        }
    }

    private void Put(string text)
    {
        _result.Append(text);
        _at += 2;
    }

    private void Quoted()
    {
        var end = _pattern.IndexOf("\\E", _at, StringComparison.Ordinal);
        _result.Append(Regex.Escape(_pattern[(_at + 2)..(end < 0 ? _pattern.Length : end)]));
        _at = end < 0 ? _pattern.Length : end + 2;
    }

    private void Octal()
    {
        var digits = _pattern.Skip(_at + 1).Take(3).TakeWhile(c => c is >= '0' and <= '7').Count();
        if (_pattern[_at + 1] != '0' && digits < 2) throw Fail($"invalid escape sequence: `\\{_pattern[_at + 1]}`");
        var value = Convert.ToInt32(_pattern.Substring(_at + 1, digits), 8);
        _result.Append(CultureInfo.InvariantCulture, $"\\u{value:X4}");
        _at += 1 + digits;
    }

    private void Hexadecimal(bool inClass)
    {
        var match = RegexTokens.HexEscape().Match(_pattern, _at);
        if (!match.Success || match.Index != _at) throw Fail("invalid escape sequence: `\\x`");
        var value = int.Parse((match.Groups[1].Value + match.Groups[2].Value).TrimStart('0').PadLeft(1, '0'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (!Rune.IsValid(value) || (value > 0xffff && inClass)) throw Fail("invalid escape sequence: `" + match.Value + "`");
        _result.Append(value <= 0xffff ? string.Create(CultureInfo.InvariantCulture, $"\\u{value:X4}") : $"(?:{char.ConvertFromUtf32(value)})");
        _at += match.Length;
    }

    private void Property(char kind)
    {
        var match = RegexTokens.PropertyName().Match(_pattern, _at);
        if (!match.Success || match.Index != _at) throw Fail("invalid character class range: `\\p`");
        var name = match.Groups[1].Value + match.Groups[3].Value;
        var negated = (kind == 'P') != (match.Groups[2].Value == "^");
        // .NET names scripts as blocks.
        if (name.Length > 2) name = "Is" + name switch { "Greek" => "Greek", "Han" => "CJKUnifiedIdeographs", "Latin" => "BasicLatin", _ => name };
        _result.Append(negated ? "\\P{" : "\\p{").Append(name).Append('}');
        _at += match.Length;
    }

    private void Class()
    {
        _lastRepeat = 1;
        Copy(1);
        if (_at < _pattern.Length && _pattern[_at] == '^') Copy(1);
        var first = true;
        while (true)
        {
            if (_at >= _pattern.Length) throw Fail("missing closing ]");
            var c = _pattern[_at];
            if (c == ']' && !first) break;
            first = false;
            if (c == '\\') Escape(true);
            else if (c == '[' && RegexTokens.PosixClass().Match(_pattern, _at) is { Success: true } match && match.Index == _at) Posix(match);
            else if (c is '[' or ']') Append("\\" + c);
            else Copy(1);
        }

        Copy(1);
    }

    private void Posix(Match match)
    {
        if (match.Groups[1].Value == "^" || !PosixClasses.TryGetValue(match.Groups[2].Value, out var set))
            throw Fail($"invalid character class range: `{match.Value}`");
        _result.Append(set);
        _at += match.Length;
    }

    private void Copy(int length)
    {
        _result.Append(_pattern, _at, length);
        _at += length;
    }

    private void Append(string text)
    {
        _lastRepeat = 1;
        _result.Append(text);
        _at++;
    }

    private FunctionException Fail(string message) => new($"error parsing regexp: {message}: `{_pattern}`");
}
