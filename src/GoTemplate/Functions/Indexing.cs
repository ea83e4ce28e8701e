using GoTemplate.Values;

namespace GoTemplate.Functions;

/// <summary>The built-ins index and slice.</summary>
internal static class Indexing
{
    public static object? Index(object? item, ReadOnlySpan<object?> indexes)
    {
        if (item is null or NoValue) throw new FunctionException("index of untyped nil");
        foreach (var given in indexes)
        {
            if (item is null or IGoObject { IsNil: true }) throw new FunctionException("index of nil pointer");
            var index = given ?? NoValue.Instance;
            if (item is IGoObject) throw new FunctionException($"can't index item of type {GoType.NameOf(item)}");
            if (item is string text) item = GoText.ByteAt(text, Within(index, GoText.ByteCount(text), "string"));
            else if (GoMap.Is(item)) item = Element(item, index);
            else if (GoList.Is(item)) item = GoList.At(item, Within(index, GoList.Count(item), "slice"));
            else throw new FunctionException($"can't index item of type {GoType.NameOf(item)}");
        }

        return item;
    }

    public static object? Slice(object? item, ReadOnlySpan<object?> indexes)
    {
        if (item is null or NoValue) throw new FunctionException("slice of untyped nil");
        if (indexes.Length > 3) throw new FunctionException($"too many slice indexes: {indexes.Length}");
        var isList = item is not (string or IGoObject) && GoList.Is(item);
        if (item is not string && !isList) throw new FunctionException($"can't slice item of type {GoType.NameOf(item)}");
        if (item is string && indexes.Length == 3) throw new FunctionException("cannot 3-index slice a string");
        var length = item is string text ? GoText.ByteCount(text) : GoList.Count(item);
        Span<int> bounds = [0, length, length];
        for (var i = 0; i < indexes.Length; i++) bounds[i] = Number(indexes[i] ?? NoValue.Instance, length);
        if (bounds[0] > bounds[1]) throw new FunctionException($"invalid slice index: {bounds[0]} > {bounds[1]}");
        if (bounds[1] > bounds[2]) throw new FunctionException($"invalid slice index: {bounds[1]} > {bounds[2]}");
        if (item is string line) return GoText.Slice(line, bounds[0], bounds[1]);
        if (item is IReadOnlyList<string> strings) return strings.Skip(bounds[0]).Take(bounds[1] - bounds[0]).ToArray();
        return GoList.Copy(item, bounds[0], bounds[1]);
    }

    private static object? Element(object map, object index)
    {
        var keyType = GoMap.KeyType(map);
        if (index is NoValue)
        {
            if (keyType != "interface {}") throw new FunctionException($"value is nil; should be of type {keyType}");
            return GoMap.ZeroElement(map);
        }

        if (map is ForeignMap foreign && index is not string)
        {
            if (GoValue.TryInteger(index, out var n))
            {
                // Go converts between integer types here, and only here.
                object key = keyType switch { "int64" => n, "int32" => (int)n, _ => index };
                return foreign.TryGet(key, out var found) ? found : GoMap.ZeroElement(map);
            }

            if (GoType.NameOf(index) == keyType) return foreign.TryGet(index, out var other) ? other : GoMap.ZeroElement(map);
        }

        if (index is not string name || keyType is not ("string" or "interface {}"))
            throw new FunctionException($"value has type {GoType.NameOf(index)}; should be {keyType}");
        return GoMap.TryGet(map, name, out var value) ? value : GoMap.ZeroElement(map);
    }

    private static int Within(object index, int length, string kind)
    {
        var number = Number(index, length);
        // Go's own check lets the length itself pass; reflect then panics.
        return number < length ? number : throw new FunctionException($"reflect: {kind} index out of range");
    }

    private static int Number(object index, int length)
    {
        if (index is NoValue) throw new FunctionException("cannot index slice/array with nil");
        if (!GoValue.TryInteger(index, out var number) && !(GoValue.TryUnsigned(index, out var unsigned) && (number = (long)Math.Min(unsigned, long.MaxValue)) >= 0))
            throw new FunctionException($"cannot index slice/array with type {GoType.NameOf(index)}");
        return number >= 0 && number <= length ? (int)number : throw new FunctionException($"index out of range: {number}");
    }
}
