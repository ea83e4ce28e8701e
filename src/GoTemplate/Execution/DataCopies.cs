using System.Runtime.CompilerServices;
using GoTemplate.Values;

namespace GoTemplate.Execution;

/// <summary>
/// Sprig's set, unset and merge change maps in place. Templates that call them work on copies of their data, made when a map or list
/// is first met; so data may be shared between executions.
/// </summary>
internal sealed class DataCopies(Execution execution)
{
    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);

    public object? Of(object? value)
    {
        if (value is null or string or IGoObject || (!GoMap.Is(value) && !GoList.Is(value)) || value is ForeignMap) return value;
        return _copies.TryGetValue(value, out var known) ? known : Copy(value);
    }

    /// <summary>What the template made itself needs no copy.</summary>
    public void Own(object? value)
    {
        if (value is not (null or string) && (GoMap.Is(value) || GoList.Is(value))) _copies.TryAdd(value, value);
    }

    private object Copy(object value)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new LimitException("value nests too deeply");
        if (value is IReadOnlyDictionary<string, string> or IReadOnlyList<string> or byte[]) return value;
        if (GoMap.Is(value))
        {
            var map = new Dictionary<string, object?>(StringComparer.Ordinal);
            Remember(value, map);
            execution.ChargeElements(GoMap.Count(value));
            foreach (var (key, element) in GoMap.StringEntries(value)) map[key] = Of(element);
            return map;
        }

        var list = new List<object?>();
        Remember(value, list);
        var count = GoList.Count(value);
        execution.ChargeElements(count);
        for (var i = 0; i < count; i++) list.Add(Of(GoList.At(value, i)));
        return list;
    }

    private void Remember(object value, object copy)
    {
        _copies[value] = copy;
        _copies[copy] = copy;
    }
}
