using System.Collections;
using System.Numerics;
using System.Text.Json.Nodes;

namespace GoTemplate.Values;

/// <summary>The names that Go gives to types and kinds.</summary>
internal static class GoType
{
    public const string AnyMap = "map[string]interface {}";
    public const string AnyList = "[]interface {}";

    private static readonly Dictionary<Type, string> Basic = new()
    {
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(nint)] = "int",
        [typeof(sbyte)] = "int8",
        [typeof(short)] = "int16",
        [typeof(int)] = "int32",
        [typeof(long)] = "int64",
        [typeof(nuint)] = "uint",
        [typeof(byte)] = "uint8",
        [typeof(ushort)] = "uint16",
        [typeof(uint)] = "uint32",
        [typeof(ulong)] = "uint64",
        [typeof(float)] = "float32",
        [typeof(double)] = "float64",
        [typeof(Complex)] = "complex128",
        [typeof(object)] = "interface {}",
        [typeof(TimeSpan)] = "time.Duration",
        [typeof(DateTimeOffset)] = "time.Time",
    };

    /// <summary>The type of a value, as reflect.TypeOf(value).String() says it.</summary>
    public static string NameOf(object? value) => value switch
    {
        null => "interface {}",
        NoValue => "<nil>",
        IGoObject o => o.GoType,
        JsonObject or IReadOnlyDictionary<string, object?> => AnyMap,
        IReadOnlyDictionary<string, string> => "map[string]string",
        ForeignMap map => $"map[{map.KeyType}]{map.ElementType}",
        JsonArray => AnyList,
        IReadOnlyList<string> => "[]string",
        IReadOnlyList<object?> => AnyList,
        IList list => "[]" + NameOf(ElementOf(list.GetType())),
        Delegate => "func",
        _ => NameOf(value.GetType()),
    };

    public static string NameOf(Type type) =>
        Basic.TryGetValue(type, out var name) ? name
        : type == typeof(JsonNode) ? "interface {}"
        : type.IsEnum ? type.Name
        : type.IsValueType ? type.Name
        : "*" + type.Name;

    /// <summary>The kind of a value, as reflect.Kind.String() says it.</summary>
    public static string KindOf(object? value) => value switch
    {
        null or NoValue => "invalid",
        IGoObject { Underlying: { } basic } => KindOf(basic),
        IGoObject o => o.GoType.StartsWith('*') ? "ptr" : "struct",
        DateTimeOffset => "struct",
        TimeSpan => "int64",
        _ when GoMap.Is(value) => "map",
        _ when GoList.Is(value) => "slice",
        Delegate => "func",
        _ => Basic.TryGetValue(value.GetType(), out var name) ? name : value.GetType().IsValueType ? "struct" : "ptr",
    };

    private static Type ElementOf(Type list) =>
        list.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IList<>))?.GetGenericArguments()[0]
        ?? typeof(object);
}
