using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Isthmus.Core.Json;

/// <summary>
/// Reads JSON so that nothing in it can fail later: nodes are read when they are first looked at, and repeated keys, half surrogates and broken
/// UTF-8 would be found only then. For whatever comes from outside: bodies, events, annotations.
/// </summary>
public static class StrictJson
{
    private const int MaxDepth = 200;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>False with the reason where the text is no JSON or goes deeper than 200 levels.</summary>
    public static bool TryParse(string text, out JsonNode? node, [NotNullWhen(false)] out string? error) =>
        TryParse(Encoding.UTF8.GetBytes(text), out node, out error);

    /// <summary>False with the reason where the bytes are no JSON or go deeper than 200 levels.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out JsonNode? node, [NotNullWhen(false)] out string? error)
    {
        if (!Utf8.IsValid(utf8))
        {
            (node, error) = (null, "invalid UTF-8");
            return false;
        }
        try
        {
            // First, since looking for repeated keys unescapes them, and fails in its own way on what is no text.
            if (utf8.IndexOf("\\u"u8) >= 0 && !AllStringsAreText(utf8))
            {
                (node, error) = (null, "invalid surrogate in a string");
                return false;
            }
            (node, error) = (JsonNode.Parse(utf8, documentOptions: Options), null);
            return true;
        }
        catch (JsonException failure)
        {
            (node, error) = (null, failure.Message);
            return false;
        }
    }

    private static bool AllStringsAreText(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) _ = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
