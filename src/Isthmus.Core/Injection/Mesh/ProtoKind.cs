namespace Isthmus.Core.Injection.Mesh;

/// <summary>What a protobuf field holds.</summary>
internal enum ProtoKind
{
    Bool,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Double,
    Text,
    Duration,
    Struct,
    Enum,
    Message,
}
