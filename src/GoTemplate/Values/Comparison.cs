using System.Numerics;

namespace GoTemplate.Values;

/// <summary>The rules of eq, ne, lt, le, gt and ge.</summary>
internal static class Comparison
{
    private enum Basic
    {
        None,
        Bool,
        Complex,
        Int,
        Uint,
        Float,
        String,
    }

    public static bool Equal(object? a, object? b)
    {
        a ??= NoValue.Instance;
        b ??= NoValue.Instance;
        if (a is string x && b is string y) return string.Equals(x, y, StringComparison.Ordinal);
        var (ka, kb) = (KindOf(a), KindOf(b));
        if (ka != kb)
        {
            if (ka is Basic.Int or Basic.Uint && kb is Basic.Int or Basic.Uint) return Integer(a) == Integer(b);
            return a is NoValue || b is NoValue ? false : throw new FunctionException("incompatible types for comparison");
        }

        return ka switch
        {
            Basic.Bool => (bool)a == (bool)b,
            Basic.Complex => (Complex)a == (Complex)b,
            Basic.Int or Basic.Uint => Integer(a) == Integer(b),
            Basic.Float => Float(a) == Float(b),
            Basic.String => Text(a) == Text(b),
            _ => EqualOthers(a, b),
        };
    }

    public static bool Less(object? a, object? b)
    {
        a ??= NoValue.Instance;
        b ??= NoValue.Instance;
        var (ka, kb) = (KindOf(a), KindOf(b));
        if (ka == Basic.None || kb == Basic.None) throw new FunctionException("invalid type for comparison");
        if (ka is Basic.Int or Basic.Uint && kb is Basic.Int or Basic.Uint) return Integer(a) < Integer(b);
        if (ka != kb) throw new FunctionException("incompatible types for comparison");
        return ka switch
        {
            Basic.Float => Float(a) < Float(b),
            Basic.String => GoText.Compare(Text(a), Text(b)) < 0,
            _ => throw new FunctionException("invalid type for comparison"),
        };
    }

    /// <summary>The order of map keys, as Go's printing and ranging sort them: numbers by value, strings by bytes, false before true.</summary>
    public static int Compare(object? a, object? b)
    {
        if (a is string x && b is string y) return GoText.Compare(x, y);
        if (a is bool p && b is bool q) return p.CompareTo(q);
        if (Number(a) is { } m && Number(b) is { } n) return m.CompareTo(n);
        return GoText.Compare(GoType.NameOf(a) + a, GoType.NameOf(b) + b);

        static double? Number(object? value) =>
            GoValue.TryInteger(value, out var i) ? i : GoValue.TryUnsigned(value, out var u) ? u : GoValue.TryFloat(value, out var f) ? f : null;
    }

    private static bool EqualOthers(object a, object b)
    {
        var (nilA, nilB) = (IsNil(a), IsNil(b));
        if (nilA || nilB)
        {
            if (!nilA || !nilB)
            {
                if (a is NoValue || b is NoValue || SameKind(a, b)) return false;
                throw NonComparable(a, b);
            }

            return true;
        }

        if (!SameKind(a, b)) throw NonComparable(a, b);
        if (GoMap.Is(b) || GoList.Is(b) || b is Delegate)
            throw new FunctionException($"non-comparable type {Formatting.Printer.Format('s', b)}: {GoType.NameOf(b)}");
        return ReferenceEquals(a, b) || a.Equals(b);
    }

    private static FunctionException NonComparable(object a, object b) =>
        new($"non-comparable types {Formatting.Printer.Format('s', a)}: {GoType.NameOf(a)}, {GoType.NameOf(b)}: {Formatting.Printer.Format('v', b)}");

    private static bool SameKind(object a, object b) => GoType.KindOf(a) == GoType.KindOf(b);

    private static bool IsNil(object value) => value is NoValue or IGoObject { IsNil: true };

    private static Basic KindOf(object value) => value switch
    {
        string => Basic.String,
        bool => Basic.Bool,
        nint or long or int or short or sbyte or TimeSpan => Basic.Int,
        double or float => Basic.Float,
        ulong or nuint or uint or ushort or byte => Basic.Uint,
        Complex => Basic.Complex,
        IGoObject { Underlying: { } basic } when basic is not (IGoObject or bool) => KindOf(basic),
        _ => Basic.None,
    };

    private static Int128 Integer(object value) =>
        GoValue.TryInteger(value, out var i) ? i : GoValue.TryUnsigned(value, out var u) ? u : 0;

    private static double Float(object value) => GoValue.TryFloat(value, out var f) ? f : 0;

    private static string Text(object value) => value as string ?? (value as IGoObject)?.Underlying as string ?? "";
}
