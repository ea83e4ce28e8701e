using System.Globalization;
using GoTemplate;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>A value of a protobuf enum; templates print its name and compare its number.</summary>
internal sealed record ProtoEnum(ProtoEnumType Type, long Number, string? Name) : IGoObject
{
    public string Text => Name ?? Number.ToString(CultureInfo.InvariantCulture);

    string IGoObject.GoType => Type.GoType;

    object? IGoObject.Underlying => Number;

    public bool TryGetField(string name, out object? value)
    {
        value = null;
        return false;
    }

    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
    {
        result = name switch { "String" => Text, "Number" => Number, _ => null };
        return result is not null;
    }

    public override string ToString() => Text;
}
