using System.Collections.Frozen;
using System.Reflection;
using GoTemplate.Formatting;
using GoTemplate.Values;

namespace GoTemplate.Functions;

/// <summary>Go's built-in functions.</summary>
internal static class Builtins
{
    private static readonly FrozenDictionary<string, Function> All = new[]
    {
        Function.Create("and(value,...value)", static a => a[0], shortCircuit: false),
        Function.Create("or(value,...value)", static a => a[0], shortCircuit: true),
        Function.Create("not(value)", static a => GoValue.Box(!GoValue.IsTrue(a[0]))),
        Function.Create("len(value)", static a => Length(a[0])),
        Function.Create("index(value,...value)", static a => Indexing.Index(a[0], a.Values[1..])),
        Function.Create("slice(value,...value)", static a => Indexing.Slice(a[0], a.Values[1..])),
        Function.Create("call(value,...value)", static a => Call(a)),
        Function.Create("print(...any)", static a => Print(a)),
        Function.Create("println(...any)", static a => PrintLine(a)),
        Function.Create("printf(string,...any)", static a => Printf(a)),
        Function.Create("html(...any)", static a => Escaping.Html(Text(a))),
        Function.Create("js(...any)", static a => Escaping.JavaScript(Text(a))),
        Function.Create("urlquery(...any)", static a => Escaping.UrlQuery(Text(a))),
        Function.Create("eq(value,...value)", static a => GoValue.Box(EqualsAny(a))),
        Function.Create("ne(value,value)", static a => GoValue.Box(!Comparison.Equal(a[0], a[1]))),
        Function.Create("lt(value,value)", static a => GoValue.Box(Comparison.Less(a[0], a[1]))),
        Function.Create("le(value,value)", static a => GoValue.Box(AtMost(a[0], a[1]))),
        Function.Create("gt(value,value)", static a => GoValue.Box(!AtMost(a[0], a[1]))),
        Function.Create("ge(value,value)", static a => GoValue.Box(!Comparison.Less(a[0], a[1]))),
    }.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    public static Function? Find(string name) => All.GetValueOrDefault(name);

    private static object Length(object? value) => value switch
    {
        NoValue => throw new FunctionException("reflect: call of reflect.Value.Type on zero Value"),
        null or IGoObject { IsNil: true } => throw new FunctionException("len of nil pointer"),
        string text => GoValue.Int(GoText.ByteCount(text)),
        not IGoObject when GoMap.Is(value) => GoValue.Int(GoMap.Count(value)),
        not IGoObject when GoList.Is(value) => GoValue.Int(GoList.Count(value)),
        _ => throw new FunctionException($"len of type {GoType.NameOf(value)}"),
    };

    private static bool EqualsAny(Arguments a)
    {
        if (a.Count < 2) throw new FunctionException("missing argument for comparison");
        foreach (var value in a.Values[1..])
        {
            if (Comparison.Equal(a[0], value)) return true;
        }

        return false;
    }

    private static bool AtMost(object? a, object? b) => Comparison.Less(a, b) || Comparison.Equal(a, b);

    private static string Printf(Arguments a)
    {
        // Most formats of templates have two or three %s and nothing else.
        var output = a.Execution.RentOutput();
        new Sprintf(output, a.Values[1..]).Run(a.String(0));
        return a.Execution.Finish(output);
    }

    private static string Print(Arguments a)
    {
        var output = a.Execution.RentOutput();
        Sprintf.Print(output, a.Values);
        return a.Execution.Finish(output);
    }

    private static string PrintLine(Arguments a)
    {
        var output = a.Execution.RentOutput();
        Sprintf.PrintLine(output, a.Values);
        return a.Execution.Finish(output);
    }

    /// <summary>What html, js and urlquery escape: the printed arguments.</summary>
    private static string Text(Arguments a)
    {
        if (a.Count == 1 && a[0] is string text) return text;
        var values = a.Values.ToArray();
        for (var i = 0; i < values.Length; i++) values[i] ??= "<no value>";
        var output = a.Execution.RentOutput();
        Sprintf.Print(output, values);
        return a.Execution.Finish(output);
    }

    private static object? Call(Arguments a)
    {
        if (a[0] is null or NoValue) throw new FunctionException("call of nil");
        if (a[0] is not Delegate target) throw new FunctionException($"non-function {Printer.Format('v', a[0])} of type {GoType.NameOf(a[0])}");
        var function = DelegateFunction.Of("call", target);
        var given = a.Values[1..];
        if (given.Length < function.Fixed || (!function.IsVariadic && given.Length > function.Fixed))
            throw new FunctionException($"wrong number of args for call: got {given.Length} want {(function.IsVariadic ? "at least " : "")}{function.Fixed}");
        var values = new object?[given.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = function.ParameterAt(i);
            var value = given[i] is NoValue ? null : given[i];
            if (value is null && !parameter.CanBeNil) throw new FunctionException($"arg {i}: value is nil; should be of type {parameter.GoName}");
            if (value is not null && !parameter.TryConvert(value, out value))
                throw new FunctionException($"arg {i}: value has type {GoType.NameOf(given[i])}; should be {parameter.GoName}");
            values[i] = value;
        }

        try
        {
            return function.Invoke(new Arguments(a.Execution, values));
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } error)
        {
            throw new FunctionException(error.Message);
        }
    }
}
