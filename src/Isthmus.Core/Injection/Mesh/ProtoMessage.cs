using System.Collections.Frozen;
using System.Collections.Immutable;
using GoTemplate;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>
/// An immutable protobuf message. Holds what is not zero; of wrappers, messages and oneof members also what is present and zero.
/// Templates see a Go pointer: fields by Go name, and getters, which work on a nil pointer too.
/// </summary>
internal sealed class ProtoMessage : IGoObject
{
    private readonly ImmutableDictionary<ProtoField, object> _values;

    private ProtoMessage(ProtoType type, ImmutableDictionary<ProtoField, object> values) => (Type, _values) = (type, values);

    public ProtoType Type { get; }

    public string GoType => Type.GoType;

    public bool IsNil { get; private init; }

    public static ProtoMessage Empty(ProtoType type) => new(type, ImmutableDictionary<ProtoField, object>.Empty);

    /// <summary>The value of a field that is present; null else.</summary>
    public object? this[ProtoField field] => _values.GetValueOrDefault(field);

    /// <summary>The message in a field; an empty one where there is none.</summary>
    public ProtoMessage Child(string json) => Message(json) ?? Empty(Type[json].Type);

    public ProtoMessage? Message(string json) => this[Type[json]] as ProtoMessage;

    public string Text(string json) => this[Type[json]] as string ?? "";

    public long Integer(string json) => this[Type[json]] is long number ? number : 0;

    public string EnumName(string json) => ((ProtoEnum)GoValue(Type[json])).Text;

    /// <summary>The value in a bool wrapper; null where it is absent.</summary>
    public bool? Flag(string json) => this[Type[json]] is ProtoWrapper { Value: bool flag } ? flag : null;

    public IReadOnlyList<object> List(string json) => this[Type[json]] as IReadOnlyList<object> ?? [];

    public IReadOnlyDictionary<string, string> TextMap(string json) => (IReadOnlyDictionary<string, string>)GoValue(Type[json]);

    /// <summary>A copy in which a field holds a value, or nothing where that is null or zero. The other members of its oneof are cleared.</summary>
    public ProtoMessage With(ProtoField field, object? value)
    {
        ImmutableDictionary<ProtoField, object> values = _values;
        if (field.Oneof.Length > 0 && value is not null)
            values = values.RemoveRange(Type.Members(field.Oneof));
        bool absent = value is null || (field.Oneof.Length == 0 && IsZero(value));
        return new ProtoMessage(Type, absent || value is null ? values.Remove(field) : values.SetItem(field, value));
    }

    public ProtoMessage With(string json, object? value) => With(Type[json], value);

    /// <summary>proto JSON "unmarshalled onto" this message: each field that the overlay names replaces the whole field.</summary>
    public ProtoMessage Overlay(IReadOnlyDictionary<ProtoField, object> fields)
    {
        ProtoMessage result = this;
        foreach ((ProtoField field, object value) in fields)
            result = result.With(field, value);
        return result;
    }

    public bool TryGetField(string name, out object? value)
    {
        ProtoField? field = Type.FindGo(name);
        if (field is not null)
        {
            value = GoValue(field);
            return true;
        }
        // The Go field of a oneof holds a wrapper struct; what templates can do with it is ask whether it is there.
        ProtoField? member = Type.Fields.FirstOrDefault(candidate => candidate.Oneof == name);
        value = member is null ? null : Type.Members(name).Select(candidate => this[candidate]).FirstOrDefault(present => present is not null);
        return member is not null;
    }

    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
    {
        result = null;
        if (name == "String")
        {
            result = IsNil ? "<nil>" : GoJson.Write(ProtoJson.Write(this), sortKeys: false);
            return true;
        }
        return name.StartsWith("Get", StringComparison.Ordinal) && TryGetField(name[3..], out result);
    }

    private static bool IsZero(object value) => value switch
    {
        bool flag => !flag,
        long number => number == 0,
        ulong number => number == 0,
        double number => number == 0,
        string text => text.Length == 0,
        ProtoEnum choice => choice.Number == 0,
        IReadOnlyCollection<object> list => list.Count == 0,
        IReadOnlyDictionary<string, string> map => map.Count == 0,
        IReadOnlyDictionary<string, object?> map => map.Count == 0,
        _ => false,
    };

    /// <summary>What Go has in a field that is not set: nil pointers, nil maps and zeros.</summary>
    private object GoValue(ProtoField field)
    {
        if (this[field] is object present)
            return present;
        if (field.Shape == FieldShape.List)
            return Array.Empty<object?>();
        if (field.Shape == FieldShape.Map)
            return field.Kind == ProtoKind.Text ? FrozenDictionary<string, string>.Empty : FrozenDictionary<string, object?>.Empty;
        if (field.Kind == ProtoKind.Message)
            return new ProtoMessage(field.Type, ImmutableDictionary<ProtoField, object>.Empty) { IsNil = true };
        object zero = Zero(field);
        return field.IsWrapper ? new ProtoWrapper(field.Kind, zero) { IsNil = true } : zero;
    }

    private static object Zero(ProtoField field) => field.Kind switch
    {
        ProtoKind.Bool => false,
        ProtoKind.Int32 or ProtoKind.Int64 => 0L,
        ProtoKind.UInt32 or ProtoKind.UInt64 => 0UL,
        ProtoKind.Double => 0D,
        ProtoKind.Text => "",
        ProtoKind.Duration => new ProtoDuration(0, 0) { IsNil = true },
        ProtoKind.Enum => field.EnumType.Of(0),
        _ => FrozenDictionary<string, object?>.Empty,
    };
}
