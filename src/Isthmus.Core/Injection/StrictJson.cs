using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Isthmus.Core.Injection;

/// <summary>
/// Reads JSON so that nothing in it can fail later: nodes are read when they are first looked at, and repeated keys, half surrogates and broken
/// UTF-8 would be found only then.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    public static bool TryParse(string text, out JsonNode? node, [NotNullWhen(false)] out string? error) =>
        TryParse(Encoding.UTF8.GetBytes(text), out node, out error);

    public static bool TryParse(ReadOnlySpan<byte> utf8, out JsonNode? node, [NotNullWhen(false)] out string? error)
    {
        if (!Utf8.IsValid(utf8))
        {
            (node, error) = (null, "invalid UTF-8");
            return false;
        }
        try
        {
            node = JsonNode.Parse(utf8, documentOptions: Options);
            error = null;
            if (utf8.IndexOf("\\u"u8) < 0 || AllStringsAreText(utf8)) return true;
            error = "invalid surrogate in a string";
        }
        catch (JsonException failure)
        {
            error = failure.Message;
        }
        node = null;
        return false;
    }

    private static bool AllStringsAreText(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
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
