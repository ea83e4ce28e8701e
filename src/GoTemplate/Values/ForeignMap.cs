using System.Collections;

namespace GoTemplate.Values;

/// <summary>A .NET dictionary whose keys are not strings or whose elements are value types, seen as a Go map.</summary>
internal sealed class ForeignMap
{
    private readonly IDictionary _source;

    public ForeignMap(IDictionary source)
    {
        _source = source;
        var types = source.GetType().GetInterfaces()
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IDictionary<,>))?.GetGenericArguments();
        KeyType = GoType.NameOf(types?[0] ?? typeof(object));
        ElementType = GoType.NameOf(types?[1] ?? typeof(object));
    }

    public string KeyType { get; }

    public string ElementType { get; }

    public int Count => _source.Count;

    public bool TryGet(object key, out object? value)
    {
        foreach (DictionaryEntry entry in _source)
        {
            var own = GoValue.From(entry.Key);
            if (GoType.NameOf(own) == GoType.NameOf(key) && Comparison.Compare(own, key) == 0)
            {
                value = GoValue.From(entry.Value);
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerable<KeyValuePair<object, object?>> Entries()
    {
        foreach (DictionaryEntry entry in _source)
            yield return new(GoValue.From(entry.Key) ?? NoValue.Instance, GoValue.From(entry.Value));
    }
}
