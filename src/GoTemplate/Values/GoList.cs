using System.Collections;
using System.Text.Json.Nodes;

namespace GoTemplate.Values;

/// <summary>Everything that is a Go slice: JSON arrays, read-only lists, arrays.</summary>
internal static class GoList
{
    public static bool Is(object? value) => value is List<object?> or JsonArray or IReadOnlyList<object?> or IList;

    public static int Count(object list) => list switch
    {
        List<object?> own => own.Count,
        JsonArray json => json.Count,
        IReadOnlyList<object?> any => any.Count,
        IList other => other.Count,
        _ => 0,
    };

    public static object? At(object list, int index) => list switch
    {
        List<object?> own => GoValue.From(own[index]),
        JsonArray json => GoValue.From(json[index]),
        IReadOnlyList<object?> any => GoValue.From(any[index]),
        IList other => GoValue.From(other[index]),
        _ => null,
    };

    /// <summary>Whether elements have the static type interface {}.</summary>
    public static bool HoldsAny(object list) => list is JsonArray || (list is IReadOnlyList<object?> and not IReadOnlyList<string>);

    public static List<object?> Copy(object list, int from, int to)
    {
        var result = new List<object?>(Math.Max(to - from, 0));
        for (var i = from; i < to; i++) result.Add(At(list, i));
        return result;
    }
}
