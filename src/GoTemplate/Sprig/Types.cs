using System.Runtime.CompilerServices;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's questions about types.</summary>
internal static class Types
{
    public static readonly Function[] All =
    [
        Function.Create("typeOf(any)", a => TypeOf(a[0])),
        Function.Create("typeIs(string,any)", a => GoValue.Box(TypeOf(a[1]) == a.String(0))),
        Function.Create("typeIsLike(string,any)", a => GoValue.Box(TypeOf(a[1]) == a.String(0) || TypeOf(a[1]) == "*" + a.String(0))),
        Function.Create("kindOf(any)", a => GoType.KindOf(a[0])),
        Function.Create("kindIs(string,any)", a => GoValue.Box(GoType.KindOf(a[1]) == a.String(0))),
        Function.Create("deepEqual(any,any)", a => GoValue.Box(DeepEqual(a.Execution, a[0], a[1]))),
    ];

    /// <summary>reflect.DeepEqual: types must be the same, too.</summary>
    public static bool DeepEqual(Execution.Execution x, object? a, object? b)
    {
        if (ReferenceEquals(a, b)) return true;
        if (a is null || b is null) return false;
        if (a is string s && b is string t) return string.Equals(s, t, StringComparison.Ordinal);
        if (a is string or bool or double or nint || b is string or bool or double or nint) return a.Equals(b);
        if (a is IGoObject || b is IGoObject) return a.Equals(b);
        if (GoType.NameOf(a) != GoType.NameOf(b)) return false;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new LimitException("value nests too deeply");
        x.Step();
        if (GoMap.Is(a)) return GoMap.Count(a) == GoMap.Count(b) && GoMap.Is(b) && EqualEntries(x, a, b);
        return GoList.Is(a) ? EqualItems(x, a, b) : a.Equals(b);
    }

    private static string TypeOf(object? value) => value is null ? "<nil>" : GoType.NameOf(value);

    private static bool EqualEntries(Execution.Execution x, object a, object b)
    {
        if (a is ForeignMap one && b is ForeignMap other)
            return one.Entries().All(e => other.TryGet(e.Key, out var found) && DeepEqual(x, e.Value, found));
        return GoMap.StringEntries(a).All(e => GoMap.TryGet(b, e.Key, out var found) && DeepEqual(x, e.Value, found));
    }

    private static bool EqualItems(Execution.Execution x, object a, object b)
    {
        var count = GoList.Count(a);
        if (count != GoList.Count(b)) return false;
        for (var i = 0; i < count; i++)
        {
            if (!DeepEqual(x, GoList.At(a, i), GoList.At(b, i))) return false;
        }

        return true;
    }
}
