using System.Reflection;
using GoTemplate.Values;

namespace GoTemplate.Functions;

/// <summary>A function that templates can call.</summary>
internal abstract class Function(string name, Parameter[] parameters, Parameter? rest)
{
    public string Name => name;

    /// <summary>The number of parameters without the variadic one.</summary>
    public int Fixed => parameters.Length;

    public bool IsVariadic => rest is not null;

    /// <summary>The most arguments of a variadic function.</summary>
    public virtual int Most => int.MaxValue;

    /// <summary>For and (false) and or (true): the truth at which evaluation stops.</summary>
    public bool? ShortCircuit { get; init; }

    /// <summary>Whether its lists and maps belong to the execution already.</summary>
    public virtual bool ReturnsOwn => true;

    /// <summary>Whether it changes a map that it is given.</summary>
    public bool Mutates { get; init; }

    public Parameter ParameterAt(int index) => index < parameters.Length ? parameters[index] : rest ?? Parameter.Any;

    public abstract object? Invoke(Arguments arguments);

    /// <summary>A function by a signature such as <c>trunc(int,string)</c> or <c>list(...any)</c>.</summary>
    public static Function Create(string signature, Native body, bool? shortCircuit = null, bool mutates = false)
    {
        var open = signature.IndexOf('(', StringComparison.Ordinal);
        var types = signature[(open + 1)..^1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var rest = types.LastOrDefault() is { } last && last.StartsWith("...", StringComparison.Ordinal) ? Parameter.OfName(last[3..]) : null;
        var parameters = types.Take(types.Length - (rest is null ? 0 : 1)).Select(Parameter.OfName).ToArray();
        return new NativeFunction(signature[..open], parameters, rest, body) { ShortCircuit = shortCircuit, Mutates = mutates };
    }

    private sealed class NativeFunction(string name, Parameter[] parameters, Parameter? rest, Native body) : Function(name, parameters, rest)
    {
        public override object? Invoke(Arguments arguments) => body(arguments);
    }
}

/// <summary>A user's function over the list of its arguments.</summary>
internal sealed class ListFunction(string name, int least, int most, Func<IReadOnlyList<object?>, object?> body)
    : Function(name, [.. Enumerable.Repeat(Parameter.Any, least)], least == most ? null : Parameter.Any)
{
    public override int Most => most;

    public override bool ReturnsOwn => false;

    public override object? Invoke(Arguments arguments)
    {
        var values = new object?[arguments.Count];
        // Go's int is handed over as long, as every other .NET code writes its integers.
        for (var i = 0; i < values.Length; i++) values[i] = arguments[i] is nint n ? (long)n : arguments[i];
        return body(values);
    }
}

/// <summary>A user's .NET method; <c>params</c> makes it variadic.</summary>
internal sealed class DelegateFunction : Function
{
    private readonly MethodInvoker _invoker;
    private readonly object? _target;
    private readonly Type? _restType;

    public DelegateFunction(string name, MethodInfo method, object? target)
        : this(name, method, target, RestType(method))
    {
    }

    private DelegateFunction(string name, MethodInfo method, object? target, Type? restType)
        : base(name, Parameters(method, restType), restType is null ? null : Parameter.OfType(restType))
    {
        _invoker = MethodInvoker.Create(method);
        _target = target;
        _restType = restType;
    }

    public override bool ReturnsOwn => false;

    public static DelegateFunction Of(string name, Delegate function)
    {
        var invoke = function.GetType().GetMethod("Invoke") ?? function.Method;
        return new DelegateFunction(name, invoke, function, RestType(function.Method) ?? RestType(invoke));
    }

    public override object? Invoke(Arguments arguments)
    {
        var values = new object?[Fixed + (_restType is null ? 0 : 1)];
        for (var i = 0; i < Fixed; i++) values[i] = Plain(arguments[i]);
        if (_restType is not null)
        {
            var rest = Array.CreateInstance(_restType, arguments.Count - Fixed);
            for (var i = Fixed; i < arguments.Count; i++) rest.SetValue(Plain(arguments[i]), i - Fixed);
            values[^1] = rest;
        }

        return _invoker.Invoke(_target, values.AsSpan());

        object? Plain(object? value) => value is nint n && !IsNative ? (long)n : value;
    }

    private bool IsNative => Enumerable.Range(0, Fixed).Any(i => ParameterAt(i).Kind == ParameterKind.Int);

    private static Parameter[] Parameters(MethodInfo method, Type? rest)
    {
        var all = method.GetParameters();
        return [.. all.Take(all.Length - (rest is null ? 0 : 1)).Select(p => Parameter.OfType(p.ParameterType))];
    }

    private static Type? RestType(MethodInfo method) =>
        method.GetParameters().LastOrDefault() is { } last && last.IsDefined(typeof(ParamArrayAttribute), false) ? last.ParameterType.GetElementType() : null;
}
