namespace Isthmus.Core.Injection.Structs;

internal enum FieldKind
{
    Text,
    Flag,
    Integer,
    Quantity,
    Time,
    Port,
    Any,
    TextMap,
    QuantityMap,
    Struct,
}

/// <summary>One field of a Go struct: its names, its type, and when Go leaves it out of JSON.</summary>
internal sealed record FieldType(string JsonName, string GoName, FieldKind Kind, string StructName, bool IsList, bool IsPointer, bool OmitEmpty)
{
    /// <summary>The struct's own fields; set once the whole table is read, since structs refer to each other.</summary>
    public StructType? Struct { get; set; }

    /// <summary>encoding/json's rule: omitempty never leaves out a struct that is held by value.</summary>
    public bool IsAlwaysWritten => !OmitEmpty || (!IsList && !IsPointer && (Kind is FieldKind.Struct or FieldKind.Quantity or FieldKind.Time));
}
