using GoTemplate.Formatting;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's list functions. All of them make new lists; the "must" forms differ in nothing here, since both end in an error.</summary>
internal static class Lists
{
    public static readonly Function[] All =
    [
        .. Named("list(...any)", "tuple(...any)", a => new List<object?>(a.Values.ToArray())),
        .. Must("append(any,any)", a => [.. Items(a, 0, "Cannot push on type {0}"), a[1]]),
        .. Must("prepend(any,any)", a => [a[1], .. Items(a, 0, "Cannot prepend on type {0}")]),
        .. Must("rest(any)", a => [.. Items(a, 0, "Cannot find rest on type {0}").Skip(1)]),
        .. Must("initial(any)", a => [.. Items(a, 0, "Cannot find initial on type {0}").SkipLast(1)]),
        .. Must("reverse(any)", a => [.. Enumerable.Reverse(Items(a, 0, "Cannot find reverse on type {0}"))]),
        .. Must("compact(any)", a => [.. Items(a, 0, "Cannot compact on type {0}").Where(i => !Defaults.IsEmpty(i))]),
        .. Must("uniq(any)", a => Unique(a, Items(a, 0, "Cannot find uniq on type {0}"))),
        .. Must("without(any,...any)", Without),
        .. Named("first(any)", "mustFirst(any)", a => Items(a, 0, "Cannot find first on type {0}") is { Count: > 0 } list ? list[0] : null),
        .. Named("last(any)", "mustLast(any)", a => Items(a, 0, "Cannot find last on type {0}") is { Count: > 0 } list ? list[^1] : null),
        .. Named("has(any,any)", "mustHas(any,any)", a => GoValue.Box(a[1] is not null && Contains(a.Execution, Items(a, 1, "Cannot find has on type {0}"), a[0]))),
        .. Named("slice(any,...any)", "mustSlice(any,...any)", Slice),
        .. Named("chunk(int,any)", "mustChunk(int,any)", Chunk),
        Function.Create("concat(...any)", Concat),
    ];

    private static Function[] Named(string one, string other, Native body) => [Function.Create(one, body), Function.Create(other, body)];

    private static Function[] Must(string signature, Func<ListArguments, List<object?>> body)
    {
        Native native = a => body(new ListArguments(a.Execution, a.Values.ToArray()));
        return [Function.Create(signature, native), Function.Create("must" + char.ToUpperInvariant(signature[0]) + signature[1..], native)];
    }

    private static List<object?> Items(ListArguments a, int index, string error) => Items(a.Execution, a[index], error);

    private static List<object?> Items(Arguments a, int index, string error) => Items(a.Execution, a[index], error);

    private static List<object?> Items(Execution.Execution x, object? value, string error)
    {
        if (value is null) throw new FunctionException("runtime error: invalid memory address or nil pointer dereference");
        if (value is IGoObject || !GoList.Is(value))
            throw new FunctionException(string.Format(System.Globalization.CultureInfo.InvariantCulture, error, GoType.KindOf(value)));
        var count = GoList.Count(value);
        x.ChargeElements(count);
        return GoList.Copy(value, 0, count);
    }

    private static bool Contains(Execution.Execution x, List<object?> list, object? wanted) => list.Exists(i => Types.DeepEqual(x, wanted, i));

    private static List<object?> Unique(ListArguments a, List<object?> list)
    {
        var seen = new HashSet<(Type, object)>();
        var result = new List<object?>();
        foreach (var item in list)
        {
            // Scalars are looked up; anything else is compared with what is there, as Sprig does with everything.
            var isNew = item is string or double or nint or long or bool ? seen.Add((item.GetType(), item)) : !Contains(a.Execution, result, item);
            if (isNew) result.Add(item);
        }

        return result;
    }

    private static List<object?> Without(ListArguments a)
    {
        var omitted = a.Values.Skip(1).ToList();
        return Items(a, 0, "Cannot find without on type {0}").FindAll(i => !Contains(a.Execution, omitted, i));
    }

    private static object? Slice(Arguments a)
    {
        var list = Items(a, 0, "list should be type of slice or array but {0}");
        if (list.Count == 0) return null;
        var start = a.Count > 1 ? Numbers.ToInt64(a[1]) : 0;
        var end = a.Count > 2 ? Numbers.ToInt64(a[2]) : list.Count;
        if (start < 0 || start > end || end > list.Count) throw new FunctionException("reflect.Value.Slice: slice index out of bounds");
        return list.GetRange((int)start, (int)(end - start));
    }

    private static object Chunk(Arguments a)
    {
        var size = a.Int(0);
        var list = Items(a, 1, "Cannot chunk type {0}");
        if (size <= 0) throw new FunctionException("runtime error: integer divide by zero");
        return list.Chunk((int)Math.Min(size, Math.Max(list.Count, 1))).Select(c => (object?)new List<object?>(c)).ToList();
    }

    private static object Concat(Arguments a)
    {
        var result = new List<object?>();
        for (var i = 0; i < a.Count; i++) result.AddRange(Items(a, i, "Cannot concat type {0} as list"));
        return result;
    }

    /// <summary>Arguments that a lambda can hold on to.</summary>
    private sealed record ListArguments(Execution.Execution Execution, object?[] Values)
    {
        public object? this[int index] => Values[index];
    }
}
