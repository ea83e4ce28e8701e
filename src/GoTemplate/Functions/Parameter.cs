using System.Text.Json.Nodes;
using GoTemplate.Values;

namespace GoTemplate.Functions;

/// <summary>The type of a parameter, and Go's validateType for it.</summary>
internal sealed class Parameter
{
    public static readonly Parameter Any = new(ParameterKind.Any, "interface {}");
    public static readonly Parameter Value = new(ParameterKind.Value, "reflect.Value");

    private static readonly Dictionary<string, Parameter> Named = new()
    {
        ["any"] = Any,
        ["value"] = Value,
        ["string"] = new(ParameterKind.String, "string"),
        ["bool"] = new(ParameterKind.Bool, "bool"),
        ["int"] = new(ParameterKind.Int, "int"),
        ["int64"] = new(ParameterKind.Int64, "int64"),
        ["float64"] = new(ParameterKind.Float64, "float64"),
        ["map"] = new(ParameterKind.AnyMap, GoType.AnyMap),
        ["list"] = new(ParameterKind.AnyList, GoType.AnyList),
        ["strings"] = new(ParameterKind.StringList, "[]string"),
        ["time"] = new(ParameterKind.Clr, "time.Time", typeof(DateTimeOffset)),
    };

    private readonly Type? _type;

    private Parameter(ParameterKind kind, string goName, Type? type = null) => (Kind, GoName, _type) = (kind, goName, type);

    public ParameterKind Kind { get; }

    public string GoName { get; }

    public bool IsAny => Kind is ParameterKind.Any or ParameterKind.Value || _type == typeof(JsonNode);

    public bool CanBeNil => Kind is ParameterKind.Any or ParameterKind.Value or ParameterKind.AnyMap or ParameterKind.AnyList
        or ParameterKind.StringList || (Kind == ParameterKind.Clr && _type is { IsValueType: false });

    /// <summary>What messages about constants say is expected; null if no constant has the type.</summary>
    public string? Expected => Kind switch
    {
        ParameterKind.Bool => "bool",
        ParameterKind.String => "string",
        ParameterKind.Int or ParameterKind.Int64 => "integer",
        ParameterKind.Uint => "unsigned integer",
        ParameterKind.Float64 => "float",
        _ => null,
    };

    public static Parameter OfName(string name) => Named[name];

    /// <summary>The parameter of a .NET function. Integers of any size are taken for any integer type.</summary>
    public static Parameter OfType(Type type)
    {
        if (type == typeof(object)) return Any;
        if (type == typeof(string)) return Named["string"];
        if (type == typeof(bool)) return Named["bool"];
        if (type == typeof(nint)) return new(ParameterKind.Int, "int", type);
        if (type == typeof(long) || type == typeof(int) || type == typeof(short) || type == typeof(sbyte)) return new(ParameterKind.Int64, GoType.NameOf(type), type);
        if (type == typeof(ulong) || type == typeof(uint) || type == typeof(ushort) || type == typeof(byte)) return new(ParameterKind.Uint, GoType.NameOf(type), type);
        if (type == typeof(double) || type == typeof(float)) return new(ParameterKind.Float64, GoType.NameOf(type), type);
        if (type == typeof(IReadOnlyDictionary<string, object?>)) return new(ParameterKind.Clr, GoType.AnyMap, type);
        if (type == typeof(IReadOnlyList<object?>) || type == typeof(object?[])) return new(ParameterKind.Clr, GoType.AnyList, type);
        if (type == typeof(IReadOnlyList<string>)) return new(ParameterKind.Clr, "[]string", type);
        return new(ParameterKind.Clr, GoType.NameOf(type), type);
    }

    /// <summary>Go's validateType: the value, if it can be passed; otherwise the execution fails.</summary>
    public object? Accept(Execution.Execution x, object? value)
    {
        switch (Kind)
        {
            case ParameterKind.Any:
                return value is NoValue ? null : value;
            case ParameterKind.Value:
                return value;
            case ParameterKind.String when value is string:
                return value;
        }

        if (value is NoValue) return CanBeNil ? null : throw x.Fail($"invalid value; expected {GoName}");
        return TryConvert(value, out var converted)
            ? converted
            : throw x.Fail($"wrong type for value; expected {GoName}; got {GoType.NameOf(value)}");
    }

    /// <summary>Whether a value has the type, in its form for the parameter.</summary>
    public bool TryConvert(object? value, out object? converted)
    {
        converted = value;
        switch (Kind)
        {
            case ParameterKind.Any or ParameterKind.Value: return true;
            case ParameterKind.String: return value is string;
            case ParameterKind.Bool: return value is bool;
            case ParameterKind.Int when _type is null: return value is nint;
            case ParameterKind.Int64 when _type is null: return value is long;
            case ParameterKind.Float64 when _type is null: return value is double;
            case ParameterKind.AnyMap: return GoMap.IsAnyMap(value);
            case ParameterKind.AnyList: return value is not null && GoList.Is(value) && GoList.HoldsAny(value);
            case ParameterKind.StringList: return value is IReadOnlyList<string>;
            case ParameterKind.Int or ParameterKind.Int64: return GoValue.TryInteger(value, out var i) && Fits(i, out converted);
            case ParameterKind.Uint: return (GoValue.TryUnsigned(value, out var u) || (GoValue.TryInteger(value, out var n) && n >= 0 && (u = (ulong)n) == u)) && Fits(u, out converted);
            case ParameterKind.Float64 when GoValue.TryFloat(value, out var f):
                converted = _type == typeof(float) ? (float)f : f;
                return true;
            default: return Kind == ParameterKind.Clr && TryAdapt(value, out converted);
        }
    }

    private bool Fits(Int128 value, out object? converted)
    {
        converted = null;
        if (_type == typeof(nint)) converted = value >= nint.MinValue && value <= nint.MaxValue ? (nint)value : null;
        else if (_type == typeof(long)) converted = (long)value;
        else if (_type == typeof(int)) converted = value >= int.MinValue && value <= int.MaxValue ? (int)value : null;
        else if (_type == typeof(short)) converted = value >= short.MinValue && value <= short.MaxValue ? (short)value : null;
        else if (_type == typeof(sbyte)) converted = value >= sbyte.MinValue && value <= sbyte.MaxValue ? (sbyte)value : null;
        else if (_type == typeof(ulong)) converted = (ulong)value;
        else if (_type == typeof(uint)) converted = value <= uint.MaxValue ? (uint)value : null;
        else if (_type == typeof(ushort)) converted = value <= ushort.MaxValue ? (ushort)value : null;
        else converted = value <= byte.MaxValue ? (byte)value : null;
        return converted is not null;
    }

    /// <summary>Maps and lists are handed over in the .NET form that the function asks for.</summary>
    private bool TryAdapt(object? value, out object? converted)
    {
        converted = value;
        if (value is null) return false;
        if (_type is null || _type.IsInstanceOfType(value)) return true;
        if (typeof(JsonNode).IsAssignableFrom(_type))
        {
            converted = Sprig.Json.ToNode(value);
            return _type.IsInstanceOfType(converted);
        }

        if (_type == typeof(IReadOnlyDictionary<string, object?>) && GoMap.Is(value))
        {
            converted = new Dictionary<string, object?>(GoMap.StringEntries(value), StringComparer.Ordinal);
            return true;
        }

        if ((_type == typeof(IReadOnlyList<object?>) || _type == typeof(object?[])) && GoList.Is(value))
        {
            var list = GoList.Copy(value, 0, GoList.Count(value));
            converted = _type == typeof(object?[]) ? list.ToArray() : list;
            return true;
        }

        return false;
    }
}
