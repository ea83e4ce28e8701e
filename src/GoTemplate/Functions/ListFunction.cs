namespace GoTemplate.Functions;

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
