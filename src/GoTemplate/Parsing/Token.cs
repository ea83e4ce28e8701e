using GoTemplate.Formatting;

namespace GoTemplate.Parsing;

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
