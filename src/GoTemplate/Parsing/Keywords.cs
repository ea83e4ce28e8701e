namespace GoTemplate.Parsing;

/// <summary>The words that are no function names.</summary>
internal static class Keywords
{
    public static readonly Dictionary<string, TokenKind> All = new()
    {
        ["block"] = TokenKind.BlockKeyword,
        ["break"] = TokenKind.BreakKeyword,
        ["continue"] = TokenKind.ContinueKeyword,
        ["define"] = TokenKind.DefineKeyword,
        ["else"] = TokenKind.ElseKeyword,
        ["end"] = TokenKind.EndKeyword,
        ["if"] = TokenKind.IfKeyword,
        ["nil"] = TokenKind.NilKeyword,
        ["range"] = TokenKind.RangeKeyword,
        ["template"] = TokenKind.TemplateKeyword,
        ["with"] = TokenKind.WithKeyword,
    };
}
