using System.Globalization;
using System.Text;
using GoTemplate.Formatting;
using GoTemplate.Values;

namespace GoTemplate.Parsing;

/// <summary>Splits a template into tokens, one at a time.</summary>
internal sealed class Lexer(string input, string left, string right, bool breakIsFunction, bool continueIsFunction)
{
    private int _at;
    private int _start;
    private int _line = 1;
    private int _startLine = 1;
    private int _parens;
    private bool _inAction;
    private bool _failed;

    public Token Next()
    {
        if (_failed) return new Token(TokenKind.End, input.Length, "EOF", _line);
        while (true)
        {
            var token = _inAction ? Inside() : Text();
            if (token is { } found) return found;
        }
    }

    /// <summary>Text up to the next action; null when a comment was passed over.</summary>
    private Token? Text()
    {
        var open = input.IndexOf(left, _at, StringComparison.Ordinal);
        if (open == _at) return LeftDelimiter();
        _at = open < 0 ? input.Length : open;
        if (open >= 0)
        {
            var end = TrimsLeft(open + left.Length) ? input.AsSpan(_start, open - _start).TrimEnd(" \t\r\n").Length + _start : open;
            var text = end > _start ? Make(TokenKind.Text, end) : (Token?)null;
            Skip(open);
            return text;
        }

        return _at > _start ? Make(TokenKind.Text, _at) : new Token(TokenKind.End, _at, "EOF", _line);
    }

    private Token? LeftDelimiter()
    {
        var marker = TrimsLeft(_at + left.Length) ? 2 : 0;
        var inside = _at + left.Length + marker;
        if (At(inside, "/*")) return Comment(inside);
        _at += left.Length;
        var token = Make(TokenKind.LeftDelimiter, _at);
        Skip(inside);
        _inAction = true;
        _parens = 0;
        return token;
    }

    private Token? Comment(int inside)
    {
        var close = input.IndexOf("*/", inside + 2, StringComparison.Ordinal);
        if (close < 0) return Fail("unclosed comment");
        _at = close + 2;
        if (!AtRight(_at, out var trims)) return Fail("comment ends before closing delimiter");
        var end = _at + right.Length + (trims ? 2 : 0);
        if (trims) end = AfterSpace(end);
        Skip(end);
        return null;
    }

    private Token? Inside()
    {
        if (AtRight(_at, out var trims)) return _parens == 0 ? RightDelimiter(trims) : Fail("unclosed left paren");
        if (_at >= input.Length) return Fail("unclosed action");
        var c = input[_at];
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n': return Space();
            case '=': return Make(TokenKind.Assign, _at + 1);
            case ':':
                if (!At(_at + 1, "=")) return Fail("expected :=");
                return Make(TokenKind.Declare, _at + 2);
            case '|': return Make(TokenKind.Pipe, _at + 1);
            case '"': return Quoted('"', TokenKind.String, "unterminated quoted string");
            case '\'': return Quoted('\'', TokenKind.CharConstant, "unterminated character constant");
            case '`': return RawString();
            case '$': return FieldOrVariable(TokenKind.Variable);
            case '.' when _at + 1 >= input.Length || !char.IsAsciiDigit(input[_at + 1]): return FieldOrVariable(TokenKind.Field);
            case '.' or '+' or '-' or (>= '0' and <= '9'): return Number();
            case '(':
                _parens++;
                return Make(TokenKind.LeftParen, _at + 1);
            case ')':
                _parens--;
                if (_parens < 0)
                {
                    _at++;
                    return Fail("unexpected right paren");
                }

                return Make(TokenKind.RightParen, _at + 1);
        }

        if (AlphaNumeric(_at) > 0) return Identifier();
        return c is > ' ' and < '\u007f' ? Make(TokenKind.Char, _at + 1) : Fail("unrecognized character in action: " + CodePoint(_at));
    }

    private Token RightDelimiter(bool trims)
    {
        if (trims) Skip(_at + 2);
        _at += right.Length;
        var token = Make(TokenKind.RightDelimiter, _at);
        if (trims) Skip(AfterSpace(_at));
        _inAction = false;
        return token;
    }

    private Token? Space()
    {
        var end = _at;
        while (end < input.Length && input[end] is ' ' or '\t' or '\r' or '\n') end++;
        // The last blank may belong to a closing delimiter with a trim marker.
        if (AtRight(end - 1, out var trims) && trims)
        {
            end--;
            if (end == _at) return _parens == 0 ? RightDelimiter(true) : Fail("unclosed left paren");
        }

        return Make(TokenKind.Space, end);
    }

    private Token Identifier()
    {
        var end = Word(_at);
        var word = input[_at..end];
        if (!AtTerminator(end)) return FailAt(end, "bad character " + CodePoint(end));
        if (word is "true" or "false") return Make(TokenKind.Bool, end);
        if (!Keywords.All.TryGetValue(word, out var kind)) return Make(TokenKind.Identifier, end);
        var isFunction = (kind == TokenKind.BreakKeyword && breakIsFunction) || (kind == TokenKind.ContinueKeyword && continueIsFunction);
        return Make(isFunction ? TokenKind.Identifier : kind, end);
    }

    private Token FieldOrVariable(TokenKind kind)
    {
        var end = _at + 1;
        if (AtTerminator(end)) return Make(kind == TokenKind.Variable ? kind : TokenKind.Dot, end);
        end = Word(end);
        return AtTerminator(end) ? Make(kind, end) : FailAt(end, "bad character " + CodePoint(end));
    }

    private Token Quoted(char quote, TokenKind kind, string error)
    {
        for (var i = _at + 1; i < input.Length; i++)
        {
            if (input[i] == '\\') i++;
            else if (input[i] == quote) return Make(kind, i + 1);
            if (i >= input.Length || input[i] == '\n') break;
        }

        return Fail(error);
    }

    private Token RawString()
    {
        var close = input.IndexOf('`', _at + 1);
        return close < 0 ? Fail("unterminated raw quoted string") : Make(TokenKind.RawString, close + 1);
    }

    private Token Number()
    {
        if (!ScanNumber()) return Fail("bad number syntax: " + Quoting.Quote(input[_start.._at]));
        if (_at >= input.Length || input[_at] is not ('+' or '-')) return Make(TokenKind.Number, _at);
        return ScanNumber() && input[_at - 1] == 'i'
            ? Make(TokenKind.Complex, _at)
            : Fail("bad number syntax: " + Quoting.Quote(input[_start.._at]));
    }

    private bool ScanNumber()
    {
        Accept("+-");
        var digits = "0123456789_";
        var radix = 10;
        if (Accept("0"))
        {
            if (Accept("xX")) (digits, radix) = ("0123456789abcdefABCDEF_", 16);
            else if (Accept("oO")) (digits, radix) = ("01234567_", 8);
            else if (Accept("bB")) (digits, radix) = ("01_", 2);
        }

        AcceptRun(digits);
        if (Accept(".")) AcceptRun(digits);
        if ((radix == 10 && Accept("eE")) || (radix == 16 && Accept("pP")))
        {
            Accept("+-");
            AcceptRun("0123456789_");
        }

        Accept("i");
        var extra = AlphaNumeric(_at);
        _at += extra;
        return extra == 0;
    }

    private bool Accept(string valid)
    {
        if (_at >= input.Length || !valid.Contains(input[_at], StringComparison.Ordinal)) return false;
        _at++;
        return true;
    }

    private void AcceptRun(string valid)
    {
        while (Accept(valid))
        {
        }
    }

    private int Word(int at)
    {
        for (int width; (width = AlphaNumeric(at)) > 0;) at += width;
        return at;
    }

    /// <summary>The width of a letter, digit or underscore, 0 for anything else.</summary>
    private int AlphaNumeric(int at)
    {
        if (at >= input.Length) return 0;
        if (char.IsAsciiLetterOrDigit(input[at]) || input[at] == '_') return 1;
        if (char.IsAscii(input[at])) return 0;
        Rune.DecodeFromUtf16(input.AsSpan(at), out var rune, out var width);
        return Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber ? width : 0;
    }

    private bool AtTerminator(int at)
    {
        if (at >= input.Length || input[at] is ' ' or '\t' or '\r' or '\n' or '.' or ',' or '|' or ':' or ')' or '(') return true;
        return At(at, right);
    }

    private bool TrimsLeft(int at) => at + 1 < input.Length && input[at] == '-' && input[at + 1] is ' ' or '\t' or '\r' or '\n';

    private bool AtRight(int at, out bool trims)
    {
        trims = at + 1 < input.Length && input[at] is ' ' or '\t' or '\r' or '\n' && input[at + 1] == '-' && At(at + 2, right);
        return trims || At(at, right);
    }

    private int AfterSpace(int at)
    {
        while (at < input.Length && input[at] is ' ' or '\t' or '\r' or '\n') at++;
        return at;
    }

    private bool At(int at, string text) => at <= input.Length && input.AsSpan(at).StartsWith(text, StringComparison.Ordinal);

    private string CodePoint(int at)
    {
        if (at >= input.Length) return "U+FFFFFFFFFFFFFFFF";
        Rune.DecodeFromUtf16(input.AsSpan(at), out var rune, out _);
        return $"U+{rune.Value:X4}" + (GoText.IsPrint(rune) ? $" '{rune}'" : "");
    }

    private Token Make(TokenKind kind, int end)
    {
        var token = new Token(kind, _start, input[_start..end], _startLine);
        Skip(end);
        return token;
    }

    private void Skip(int to)
    {
        _line += input.AsSpan(_start, to - _start).Count('\n');
        _startLine = _line;
        _start = _at = to;
    }

    private Token FailAt(int at, string message)
    {
        _at = at;
        return Fail(message);
    }

    private Token Fail(string message)
    {
        _failed = true;
        return new Token(TokenKind.Error, _start, message, _startLine);
    }
}
