using GoTemplate.Formatting;

namespace GoTemplate.Parsing;

internal enum TokenKind
{
    Error,
    Bool,
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    End,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParen,
    Space,
    String,
    Text,
    Variable,

    // Keywords come after all the rest: messages write them in angle brackets.
    Dot,
    BlockKeyword,
    BreakKeyword,
    ContinueKeyword,
    DefineKeyword,
    ElseKeyword,
    EndKeyword,
    IfKeyword,
    NilKeyword,
    RangeKeyword,
    TemplateKeyword,
    WithKeyword,
}

/// <summary>A token; the position counts UTF-16 characters, the line from 1.</summary>
internal readonly record struct Token(TokenKind Kind, int Position, string Value, int Line)
{
    /// <summary>How Go's parse errors name the token.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "EOF",
        TokenKind.Error => Value,
        >= TokenKind.Dot => $"<{Value}>",
        _ when Values.GoText.ByteCount(Value) > 10 => Quoting.Quote(FirstRunes(Value, 10)) + "...",
        _ => Quoting.Quote(Value),
    };

    private static string FirstRunes(string text, int count) => string.Concat(text.EnumerateRunes().Take(count));
}
