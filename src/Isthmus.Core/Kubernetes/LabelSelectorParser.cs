namespace Isthmus.Core.Kubernetes;

/// <summary>The text form of label selectors, read by Kubernetes' grammar and refused in its words.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private const string Symbols = "=!(),><";

    private int _at;

    private enum Token
    {
        End,
        Identifier,
        Comma,
        Not,
        Open,
        Close,
        Operator,
    }

    public (IReadOnlyList<LabelRequirement>? Requirements, string Error) Parse()
    {
        var requirements = new List<LabelRequirement>();
        try
        {
            while (true)
            {
                (Token token, string literal) = Peek();
                if (token == Token.End)
                    return (requirements, "");
                if (token is not (Token.Identifier or Token.Not))
                    throw new FormatException($"found '{literal}', expected: !, identifier, or 'end of string'");
                requirements.Add(Requirement());
                (token, literal) = Next();
                if (token == Token.End)
                    return (requirements, "");
                if (token != Token.Comma)
                    throw new FormatException($"found '{literal}', expected: ',' or 'end of string'");
                (token, literal) = Peek();
                if (token is not (Token.Identifier or Token.Not))
                    throw new FormatException($"found '{literal}', expected: identifier after ','");
            }
        }
        catch (FormatException problem)
        {
            return (null, problem.Message);
        }
    }

    private LabelRequirement Requirement()
    {
        LabelRequirement requirement = Read();
        return requirement.Error() is string error ? throw Unparsable(error) : requirement;
    }

    private LabelRequirement Read()
    {
        (Token token, string key) = Next();
        bool negated = token == Token.Not;
        if (negated)
            (token, key) = Next();
        if (token != Token.Identifier)
            throw Unparsable($"found '{key}', expected: identifier");
        if (LabelNames.KeyError(key) is string error)
            throw Unparsable($"key: Invalid value: \"{key}\": {error}");
        if (negated)
            return new LabelRequirement(key, LabelOperator.DoesNotExist, []);
        if (Peek().Token is Token.End or Token.Comma)
            return new LabelRequirement(key, LabelOperator.Exists, []);

        (token, string literal) = Next();
        return (token, literal) switch
        {
            (Token.Identifier, "in") => new LabelRequirement(key, LabelOperator.In, Set()),
            (Token.Identifier, "notin") => new LabelRequirement(key, LabelOperator.NotIn, Set()),
            (Token.Operator, "=" or "==") => new LabelRequirement(key, LabelOperator.In, [Exact()]),
            (Token.Operator, "!=") => new LabelRequirement(key, LabelOperator.NotIn, [Exact()]),
            (Token.Operator, ">") => new LabelRequirement(key, LabelOperator.GreaterThan, [Exact()]),
            (Token.Operator, "<") => new LabelRequirement(key, LabelOperator.LessThan, [Exact()]),
            _ => throw Unparsable($"found '{literal}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private string Exact()
    {
        (Token token, string literal) = Peek();
        if (token is Token.End or Token.Comma)
            return "";
        (token, literal) = Next();
        return token == Token.Identifier ? literal : throw Unparsable($"found '{literal}', expected: identifier");
    }

    /// <summary>A set in parentheses; a missing name between commas is the empty value.</summary>
    private List<string> Set()
    {
        (Token token, string literal) = Next();
        if (token != Token.Open)
            throw Unparsable($"found '{literal}' expected: '('");
        var values = new List<string>();
        bool wantsValue = true;
        while (true)
        {
            (token, literal) = Next();
            switch (token)
            {
                case Token.Identifier when wantsValue:
                    values.Add(literal);
                    wantsValue = false;
                    break;
                case Token.Comma:
                    if (wantsValue)
                        values.Add("");
                    wantsValue = true;
                    break;
                case Token.Close:
                    if (wantsValue && values.Count > 0)
                        values.Add("");
                    return [.. values.Distinct().Order(StringComparer.Ordinal)];
                default:
                    throw Unparsable(wantsValue
                        ? $"found '{literal}', expected: ',', ')' or identifier"
                        : $"found '{literal}', expected: ',' or ')'");
            }
        }
    }

    private (Token Token, string Literal) Peek()
    {
        int at = _at;
        (Token, string) next = Next();
        _at = at;
        return next;
    }

    private (Token Token, string Literal) Next()
    {
        while (_at < text.Length && text[_at] is (' ' or '\t' or '\r' or '\n'))
            _at++;
        if (_at >= text.Length)
            return (Token.End, "");
        int start = _at;
        if (!Symbols.Contains(text[_at], StringComparison.Ordinal))
        {
            while (_at < text.Length && !Symbols.Contains(text[_at], StringComparison.Ordinal) && text[_at] is not (' ' or '\t' or '\r' or '\n'))
                _at++;
            return (Token.Identifier, text[start.._at]);
        }
        _at += text.AsSpan(_at).StartsWith("==", StringComparison.Ordinal) || text.AsSpan(_at).StartsWith("!=", StringComparison.Ordinal) ? 2 : 1;
        string symbol = text[start.._at];
        return (symbol switch { "," => Token.Comma, "!" => Token.Not, "(" => Token.Open, ")" => Token.Close, _ => Token.Operator }, symbol);
    }

    private static FormatException Unparsable(string reason) => new("unable to parse requirement: " + reason);
}
