using System.Reflection;

namespace GoTemplate.Functions;

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
