using System.Globalization;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>RFC 6901 pointers.</summary>
public static class JsonPointer
{
    /// <summary>Escapes one reference token.</summary>
    public static string Escape(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.AsSpan().IndexOfAny('~', '/') < 0
            ? token
            : token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
    }

    /// <summary>Undoes <see cref="Escape"/>.</summary>
    public static string Unescape(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Contains('~', StringComparison.Ordinal)
            ? token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            : token;
    }

    /// <summary>The pointer to a member of the value at a path.</summary>
    public static string Append(string path, string token) => path + "/" + Escape(token);

    /// <summary>The pointer to an element of the list at a path.</summary>
    public static string Append(string path, int index) => path + "/" + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a pointer leads to a value (which may be JSON null) in a document.</summary>
    public static bool TryGet(JsonNode? document, string path, out JsonNode? value)
    {
        ArgumentNullException.ThrowIfNull(path);
        value = document;
        if (path.Length == 0)
            return true;
        if (path[0] != '/')
            return false;
        foreach (string token in path[1..].Split('/'))
        {
            switch (value)
            {
                case JsonObject map when map.TryGetPropertyValue(Unescape(token), out JsonNode? member):
                    value = member;
                    break;
                case JsonArray list when int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < list.Count:
                    value = list[index];
                    break;
                default:
                    value = null;
                    return false;
            }
        }
        return true;
    }
}
