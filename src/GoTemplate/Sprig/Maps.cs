using System.Runtime.CompilerServices;
using GoTemplate.Formatting;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's functions over map[string]interface {}.</summary>
internal static class Maps
{
    public static readonly Function[] All =
    [
        Function.Create("dict(...any)", Dict),
        Function.Create("get(map,string)", a => Read(a[0], a.String(1), out var value) ? value : ""),
        Function.Create("set(map,string,any)", Set, mutates: true),
        Function.Create("unset(map,string)", Unset, mutates: true),
        Function.Create("hasKey(map,string)", a => GoValue.Box(Read(a[0], a.String(1), out _))),
        Function.Create("pluck(string,...map)", Pluck),
        Function.Create("keys(...map)", Keys),
        Function.Create("values(map)", a => a[0] is { } map ? GoMap.StringEntries(map).Select(e => e.Value).ToList() : new List<object?>()),
        Function.Create("pick(map,...string)", Pick),
        Function.Create("omit(map,...string)", Omit),
        Function.Create("merge(map,...map)", a => Merge(a, false), mutates: true),
        Function.Create("mustMerge(map,...map)", a => Merge(a, false), mutates: true),
        Function.Create("mergeOverwrite(map,...map)", a => Merge(a, true), mutates: true),
        Function.Create("mustMergeOverwrite(map,...map)", a => Merge(a, true), mutates: true),
        Function.Create("dig(...any)", Dig),
        Function.Create("deepCopy(any)", a => DeepCopy(a.Execution, a[0])),
        Function.Create("mustDeepCopy(any)", a => DeepCopy(a.Execution, a[0])),
    ];

    public static object? DeepCopy(Execution.Execution x, object? value)
    {
        if (value is null) throw new FunctionException("reflect: call of reflect.Value.Type on zero Value");
        return Copy(x, value);
    }

    private static object? Copy(Execution.Execution x, object? value)
    {
        if (value is null or string or bool or IGoObject or IReadOnlyDictionary<string, string> or IReadOnlyList<string>) return value;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new LimitException("value nests too deeply");
        if (GoMap.IsAnyMap(value))
        {
            x.ChargeElements(GoMap.Count(value) + 1);
            var copy = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var (key, element) in GoMap.StringEntries(value)) copy[key] = Copy(x, element);
            return copy;
        }

        if (!GoList.Is(value)) return value;
        x.ChargeElements(GoList.Count(value) + 1);
        var list = GoList.Copy(value, 0, GoList.Count(value));
        for (var i = 0; i < list.Count; i++) list[i] = Copy(x, list[i]);
        return list;
    }

    private static bool Read(object? map, string key, out object? value)
    {
        value = null;
        return map is not null && GoMap.TryGet(map, key, out value);
    }

    private static object Dict(Arguments a)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < a.Count; i += 2) result[Printer.Sprint(a[i])] = i + 1 < a.Count ? a[i + 1] : "";
        return result;
    }

    /// <summary>The map itself, which belongs to this execution: templates that change maps work on copies of their data.</summary>
    private static Dictionary<string, object?> Own(object? map) => map as Dictionary<string, object?>
        ?? throw new FunctionException("assignment to entry in nil map");

    private static object Set(Arguments a)
    {
        var map = Own(a[0]);
        map[a.String(1)] = a[2];
        return map;
    }

    private static object Unset(Arguments a)
    {
        if (a[0] is null) return new Dictionary<string, object?>();
        var map = Own(a[0]);
        map.Remove(a.String(1));
        return map;
    }

    private static object Pluck(Arguments a)
    {
        var result = new List<object?>();
        foreach (var map in a.Values[1..])
        {
            if (Read(map, a.String(0), out var value)) result.Add(value);
        }

        return result;
    }

    /// <summary>Go's order of keys is random; sorted is one of its orders.</summary>
    private static object Keys(Arguments a)
    {
        var result = new List<string>();
        foreach (var map in a.Values)
        {
            if (map is not null) result.AddRange(GoMap.Sorted(map).Select(e => (string)e.Key));
        }

        a.Execution.ChargeElements(result.Count);
        return result.ToArray();
    }

    private static object Pick(Arguments a)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var key in a.Values[1..])
        {
            if (key is string name && Read(a[0], name, out var value)) result[name] = value;
        }

        return result;
    }

    private static object Omit(Arguments a)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (a[0] is not null)
        {
            a.Execution.ChargeElements(GoMap.Count(a[0] ?? result));
            foreach (var (key, value) in GoMap.StringEntries(a[0] ?? result)) result[key] = value;
        }

        foreach (var key in a.Values[1..]) result.Remove((string?)key ?? "");
        return result;
    }

    private static Dictionary<string, object?> Merge(Arguments a, bool overwrite)
    {
        var target = Own(a[0]);
        foreach (var source in a.Values[1..])
        {
            if (source is not null) MergeInto(a.Execution, target, source, overwrite);
        }

        return target;
    }

    /// <summary>mergo's rule: empty values of the target are filled; with overwriting, values that are not empty win.</summary>
    private static void MergeInto(Execution.Execution x, Dictionary<string, object?> target, object source, bool overwrite)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new LimitException("value nests too deeply");
        if (ReferenceEquals(target, source)) return;
        x.ChargeElements(GoMap.Count(source) + 1);
        foreach (var (key, value) in GoMap.StringEntries(source))
        {
            if (!target.TryGetValue(key, out var present)) target[key] = value;
            else if (GoMap.IsAnyMap(value) && present is Dictionary<string, object?> inner) MergeInto(x, inner, value ?? inner, overwrite);
            else if (overwrite ? GoValue.IsTrue(value) : !GoValue.IsTrue(present)) target[key] = value;
        }
    }

    private static object? Dig(Arguments a)
    {
        if (a.Count < 3) throw new FunctionException("dig needs at least three arguments");
        var map = a.Last;
        var fallback = a[a.Count - 2];
        for (var i = 0; i < a.Count - 2; i++)
        {
            if (a[i] is not string key) throw new FunctionException($"interface conversion: interface {{}} is {GoType.NameOf(a[i])}, not string");
            if (!GoMap.IsAnyMap(map)) throw new FunctionException($"interface conversion: interface {{}} is {(map is null ? "nil" : GoType.NameOf(map))}, not map[string]interface {{}}");
            if (!Read(map, key, out map)) return fallback;
        }

        return map;
    }
}
