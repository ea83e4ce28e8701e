using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's default and its kin.</summary>
internal static class Defaults
{
    public static readonly Function[] All =
    [
        Function.Create("default(any,...any)", a => a.Count < 2 || IsEmpty(a[1]) ? a[0] : a[1]),
        Function.Create("empty(any)", a => GoValue.Box(IsEmpty(a[0]))),
        Function.Create("coalesce(...any)", Coalesce),
        Function.Create("all(...any)", a => GoValue.Box(CountFull(a) == a.Count)),
        Function.Create("any(...any)", a => GoValue.Box(CountFull(a) > 0)),
        Function.Create("ternary(any,any,bool)", a => a.Bool(2) ? a[0] : a[1]),
        Function.Create("fail(string)", a => throw new FunctionException(a.String(0))),
    ];

    /// <summary>Zero of any kind; a struct is never empty.</summary>
    public static bool IsEmpty(object? value) => !GoValue.IsTrue(value);

    private static object? Coalesce(Arguments a)
    {
        foreach (var value in a.Values)
        {
            if (!IsEmpty(value)) return value;
        }

        return null;
    }

    private static int CountFull(Arguments a)
    {
        var count = 0;
        foreach (var value in a.Values)
        {
            if (!IsEmpty(value)) count++;
        }

        return count;
    }
}
