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
