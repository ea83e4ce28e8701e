using System.Text.Json;

namespace Isthmus.Embedded.Admission;

/// <summary>Words JSON syntax errors the way Go's encoding/json does.</summary>
internal static class GoJsonErrors
{
    private static readonly string[] Literals = ["null", "true", "false"];

    public static string Describe(string text, JsonException error)
    {
        var body = text.Trim();
        if (body.Length == 0)
            return "unexpected end of JSON input";
        foreach (var literal in Literals.Where(literal => literal[0] == body[0]))
            for (var i = 1; i < literal.Length; i++)
                if (i >= body.Length)
                    return "unexpected end of JSON input";
                else if (body[i] != literal[i])
                    return $"invalid character '{body[i]}' in literal {literal} (expecting '{literal[i]}')";
        var at = (int)(error.BytePositionInLine ?? 0);
        if (at >= body.Length)
            return "unexpected end of JSON input";
        return $"invalid character '{body[at]}' looking for beginning of {(at > 0 && body[0] == '{' ? "object key string" : "value")}";
    }
}
