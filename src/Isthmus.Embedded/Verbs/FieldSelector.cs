using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Verbs;

/// <summary>A field selector: equality on the fields that the kind allows, and no others.</summary>
internal sealed class FieldSelector
{
    private readonly List<(Func<JsonObject, string> Read, bool Equal, string Value)> _terms = [];

    public bool IsEverything => _terms.Count == 0;

    /// <summary>The name that the selector asks for, where it asks for one.</summary>
    public string? Name { get; private set; }

    public static FieldSelector Parse(string text, ServedKind kind)
    {
        var selector = new FieldSelector();
        foreach (var term in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (field, equal, value) = Split(term) ?? throw ApiErrors.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");
            selector._terms.Add((Reader(field, kind), equal, value));
            if (field == "metadata.name" && equal)
            {
                selector.Name = value;
            }
        }
        return selector;
    }

    public bool Matches(JsonObject obj) => _terms.TrueForAll(t => t.Equal == (t.Read(obj) == t.Value));

    private static (string Field, bool Equal, string Value)? Split(string term)
    {
        foreach (var (sign, equal) in new[] { ("!=", false), ("==", true), ("=", true) })
        {
            var at = term.IndexOf(sign, StringComparison.Ordinal);
            if (at >= 0)
            {
                return (term[..at], equal, Unescape(term[(at + sign.Length)..]));
            }
        }
        return null;
    }

    private static string Unescape(string value) => value.Replace("\\,", ",", StringComparison.Ordinal)
        .Replace("\\=", "=", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    private static Func<JsonObject, string> Reader(string field, ServedKind kind)
    {
        if (field == "metadata.name")
        {
            return ObjectMetadata.Name;
        }
        if (field == "metadata.namespace")
        {
            return ObjectMetadata.Namespace;
        }
        if (kind.Rules.SelectableFields.TryGetValue(field, out var read))
        {
            return read;
        }
        // Kinds without selectable fields of their own share a conversion that lists what it knows; the others name only the field.
        throw ApiErrors.BadRequest(kind.Custom || kind.Rules.SelectableFields.Count > 0
            ? $"field label not supported: {field}"
            : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
    }
}
