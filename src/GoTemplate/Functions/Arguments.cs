using GoTemplate.Values;

namespace GoTemplate.Functions;

/// <summary>The checked arguments of a call.</summary>
internal readonly ref struct Arguments(Execution.Execution execution, ReadOnlySpan<object?> values)
{
    private readonly ReadOnlySpan<object?> _values = values;

    public Execution.Execution Execution => execution;

    public ReadOnlySpan<object?> Values => _values;

    public int Count => _values.Length;

    public object? this[int index] => _values[index];

    public object? Last => _values[^1];

    public string String(int index) => (string?)_values[index] ?? "";

    /// <summary>A parameter int or int64.</summary>
    public long Int(int index) => GoValue.TryInteger(_values[index], out var n) ? n : 0;

    public double Float(int index) => GoValue.TryFloat(_values[index], out var f) ? f : 0;

    public bool Bool(int index) => _values[index] is true;
}
