using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>A field of a protobuf message.</summary>
/// <param name="Json">Name in JSON, camel case.</param>
/// <param name="Proto">Name in the .proto file, which JSON readers accept too.</param>
/// <param name="Go">Name of the Go field.</param>
/// <param name="Kind">What one element is.</param>
/// <param name="Shape">One, a list, or a map by string.</param>
/// <param name="Oneof">Go name of the oneof of which the field is a member; empty where it is in none.</param>
internal sealed record ProtoField(string Json, string Proto, string Go, ProtoKind Kind, FieldShape Shape, string Oneof)
{
    /// <summary>The message type, where the kind is <see cref="ProtoKind.Message"/>; set once all types are known.</summary>
    public ProtoType Type { get; init; } = ProtoType.None;

    /// <summary>The enum type, where the kind is <see cref="ProtoKind.Enum"/>.</summary>
    public ProtoEnumType EnumType { get; init; } = ProtoEnumType.None;

    /// <summary>Whether the field is the wrapper of a basic type, so that absent and zero differ.</summary>
    public bool IsWrapper { get; init; }

    public bool Equals(ProtoField? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);
}
