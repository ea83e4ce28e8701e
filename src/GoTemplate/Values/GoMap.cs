using System.Text.Json.Nodes;

namespace GoTemplate.Values;

/// <summary>Everything that is a Go map: JSON objects, dictionaries by string, and foreign dictionaries.</summary>
internal static class GoMap
{
    public static bool Is(object? value) =>
        value is Dictionary<string, object?> or JsonObject or IReadOnlyDictionary<string, object?> or IReadOnlyDictionary<string, string> or ForeignMap;

    /// <summary>Whether the Go type is map[string]interface {}.</summary>
    public static bool IsAnyMap(object? value) => value is Dictionary<string, object?> or JsonObject or IReadOnlyDictionary<string, object?>;

    public static int Count(object map) => map switch
    {
        JsonObject json => json.Count,
        IReadOnlyDictionary<string, object?> any => any.Count,
        IReadOnlyDictionary<string, string> text => text.Count,
        ForeignMap foreign => foreign.Count,
        _ => 0,
    };

    public static bool TryGet(object map, string key, out object? value)
    {
        switch (map)
        {
            case Dictionary<string, object?> own:
                if (!own.TryGetValue(key, out value)) return false;
                value = GoValue.From(value);
                return true;
            case JsonObject json:
                var found = json.TryGetPropertyValue(key, out var node);
                value = GoValue.From(node);
                return found;
            case IReadOnlyDictionary<string, object?> any:
                if (!any.TryGetValue(key, out value)) return false;
                value = GoValue.From(value);
                return true;
            case IReadOnlyDictionary<string, string> text:
                var known = text.TryGetValue(key, out var line);
                value = line;
                return known;
            case ForeignMap foreign:
                return foreign.TryGet(key, out value);
            default:
                value = null;
                return false;
        }
    }

    /// <summary>The zero value of the map's element type.</summary>
    public static object? ZeroElement(object map) => map switch
    {
        IReadOnlyDictionary<string, object?> or JsonObject => null,
        IReadOnlyDictionary<string, string> => "",
        ForeignMap foreign => foreign.ElementType switch
        {
            "string" => "",
            "bool" => GoValue.False,
            "int" => GoValue.Int(0),
            "int32" => 0,
            "int64" => 0L,
            "uint64" => 0UL,
            "float64" => 0.0,
            _ => null,
        },
        _ => null,
    };

    /// <summary>Key type and whether elements are interface values.</summary>
    public static string KeyType(object map) => map is ForeignMap foreign ? foreign.KeyType : "string";

    public static IEnumerable<KeyValuePair<string, object?>> StringEntries(object map) => map switch
    {
        JsonObject json => json.Select(e => new KeyValuePair<string, object?>(e.Key, GoValue.From(e.Value))),
        IReadOnlyDictionary<string, object?> any => any.Select(e => new KeyValuePair<string, object?>(e.Key, GoValue.From(e.Value))),
        IReadOnlyDictionary<string, string> text => text.Select(e => new KeyValuePair<string, object?>(e.Key, e.Value)),
        ForeignMap foreign => foreign.Entries().Where(e => e.Key is string).Select(e => new KeyValuePair<string, object?>((string)e.Key, e.Value)),
        _ => [],
    };

    /// <summary>All entries, sorted by key as Go sorts them for range and for printing.</summary>
    public static KeyValuePair<object, object?>[] Sorted(object map)
    {
        if (map is ForeignMap foreign)
        {
            var entries = foreign.Entries().ToArray();
            Array.Sort(entries, static (a, b) => Comparison.Compare(a.Key, b.Key));
            return entries;
        }

        var result = new KeyValuePair<object, object?>[Count(map)];
        var i = 0;
        foreach (var entry in StringEntries(map))
        {
            if (i == result.Length) break;
            result[i++] = new(entry.Key, entry.Value);
        }

        Array.Sort(result, 0, i, ByStringKey.Instance);
        return result;
    }

    private sealed class ByStringKey : IComparer<KeyValuePair<object, object?>>
    {
        public static readonly ByStringKey Instance = new();

        public int Compare(KeyValuePair<object, object?> x, KeyValuePair<object, object?> y) =>
            GoText.Compare((string)x.Key, (string)y.Key);
    }
}
