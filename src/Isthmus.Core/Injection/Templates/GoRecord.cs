using GoTemplate;

namespace Isthmus.Core.Injection.Templates;

/// <summary>A Go struct whose fields are given one by one.</summary>
internal sealed class GoRecord(string goType, IReadOnlyDictionary<string, object?> fields) : IGoObject
{
    public string GoType => goType;

    public bool TryGetField(string name, out object? value) => fields.TryGetValue(name, out value);

    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
    {
        result = null;
        return false;
    }
}
