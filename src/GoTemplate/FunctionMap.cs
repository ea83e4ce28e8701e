using System.Collections.Immutable;
using GoTemplate.Functions;

namespace GoTemplate;

/// <summary>
/// The functions that a template may call, by name; Go's built-ins always belong to them. Immutable: adding yields another map.
/// Arguments of functions are Go values: string, bool, long (any Go int), double, null, maps, lists, or what the data holds.
/// What a function throws ends the execution as "error calling NAME: …".
/// </summary>
public sealed class FunctionMap
{
    private readonly ImmutableDictionary<string, Function> _functions;

    private FunctionMap(ImmutableDictionary<string, Function> functions) => _functions = functions;

    /// <summary>The built-ins alone.</summary>
    public static FunctionMap Builtins { get; } = new(ImmutableDictionary<string, Function>.Empty);

    /// <summary>All names besides the built-ins, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _functions.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The Sprig functions (v3.3, TxtFuncMap). Those in <see cref="SprigOptions.Unsupported"/> parse, and fail when called.</summary>
    public static FunctionMap Sprig(SprigOptions? options = null) =>
        new(GoTemplate.Sprig.SprigFunctions.Create(options ?? SprigOptions.Default).ToImmutableDictionary(f => f.Name, StringComparer.Ordinal));

    /// <summary>Adds or replaces a function. Parameters are checked as Go checks them; <c>params</c> makes it variadic.</summary>
    public FunctionMap With(string name, Delegate function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        return new(_functions.SetItem(name, DelegateFunction.Of(name, function)));
    }

    /// <summary>Adds or replaces a function over the list of its arguments, which are so many.</summary>
    public FunctionMap With(string name, int minArgs, int maxArgs, Func<IReadOnlyList<object?>, object?> function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentOutOfRangeException.ThrowIfNegative(minArgs);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxArgs, minArgs);
        return new(_functions.SetItem(name, new ListFunction(name, minArgs, maxArgs, function)));
    }

    internal bool Has(string name) => _functions.ContainsKey(name);

    internal Function? Find(string name) => _functions.GetValueOrDefault(name) ?? Functions.Builtins.Find(name);
}
