namespace GoTemplate.Functions;

internal enum ParameterKind
{
    /// <summary>interface {}: no value becomes nil.</summary>
    Any,

    /// <summary>reflect.Value: the built-ins see "no value" as it is.</summary>
    Value,
    String,
    Bool,
    Int,
    Int64,
    Uint,
    Float64,
    AnyMap,
    AnyList,
    StringList,

    /// <summary>A .NET type of a user's function.</summary>
    Clr,
}
