using System.Globalization;
using GoTemplate;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>google.protobuf.BoolValue and its like: a basic value that can be absent. <c>GetValue</c> works on an absent one.</summary>
internal sealed record ProtoWrapper(ProtoKind Kind, object Value) : IGoObject
{
    public string GoType => $"*wrapperspb.{(Kind == ProtoKind.Text ? "String" : Kind)}Value";

    public bool IsNil { get; init; }

    public bool TryGetField(string name, out object? value)
    {
        value = name == "Value" ? Value : null;
        return name == "Value";
    }

    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
    {
        result = name switch { "GetValue" => Value, "String" => IsNil ? "<nil>" : $"value:{Text()}", _ => null };
        return result is not null;
    }

    private string Text() => Value is bool flag ? flag ? "true" : "false" : Convert.ToString(Value, CultureInfo.InvariantCulture) ?? "";
}
