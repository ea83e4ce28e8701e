namespace GoTemplate.Parsing;

/// <summary>Tokens with three of look-ahead, and the errors that name them.</summary>
internal sealed class TokenReader(TemplateSource source, Lexer lexer)
{
    private readonly Token[] _tokens = new Token[3];
    private int _peeked;

    /// <summary>The line on which the current action began, or 0.</summary>
    public int ActionLine { get; set; }

    public Token Next()
    {
        if (_peeked > 0) _peeked--;
        else _tokens[0] = lexer.Next();
        return _tokens[_peeked];
    }

    public void Backup() => _peeked++;

    public void Backup2(Token first)
    {
        _tokens[1] = first;
        _peeked = 2;
    }

    public void Backup3(Token first, Token second)
    {
        _tokens[1] = second;
        _tokens[2] = first;
        _peeked = 3;
    }

    public Token Peek()
    {
        if (_peeked > 0) return _tokens[_peeked - 1];
        _peeked = 1;
        return _tokens[0] = lexer.Next();
    }

    public Token NextNonSpace()
    {
        while (true)
        {
            var token = Next();
            if (token.Kind != TokenKind.Space) return token;
        }
    }

    public Token PeekNonSpace()
    {
        var token = NextNonSpace();
        Backup();
        return token;
    }

    public Token Expect(TokenKind kind, string context) => ExpectOneOf(kind, kind, context);

    public Token ExpectOneOf(TokenKind one, TokenKind other, string context)
    {
        var token = NextNonSpace();
        return token.Kind == one || token.Kind == other ? token : throw Unexpected(token, context);
    }

    public TemplateException Unexpected(Token token, string context)
    {
        if (token.Kind != TokenKind.Error) return Fail($"unexpected {token} in {context}");
        if (ActionLine == 0 || ActionLine == token.Line) return Fail(token.Value);
        // Go avoids "action in action".
        var where = token.Value.EndsWith(" action", StringComparison.Ordinal) ? "" : " in action";
        return Fail($"{token.Value}{where} started at {source.Name}:{ActionLine}");
    }

    public TemplateException Fail(string message) =>
        new(TemplateFailure.Parse, source.Name, _tokens[0].Line, 0, $"template: {source.Name}:{_tokens[0].Line}: {message}");
}
