using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>proto JSON: camelCase and snake_case accepted, unknown fields and enum names ignored, null is absent.</summary>
internal static class ProtoJson
{
    /// <summary>Reads a document onto nothing; what is named, zeros included, is in the result.</summary>
    /// <exception cref="ProtoFormatException">A value does not fit its field.</exception>
    public static IReadOnlyDictionary<ProtoField, object> Fields(JsonNode? document, ProtoType type)
    {
        if (document is null)
            return new Dictionary<ProtoField, object>();
        if (document is not JsonObject map)
            throw new ProtoFormatException($"proto: syntax error (line 1:1): unexpected token {GoJson.Write(document)}");
        var fields = new Dictionary<ProtoField, object>();
        foreach ((string name, JsonNode? node) in map)
        {
            if (type.Find(name) is not ProtoField field || node is null || Value(field, node) is not object value)
                continue;
            if (field.Oneof.Length > 0 && fields.Keys.Any(other => other.Oneof == field.Oneof && other != field))
                throw new ProtoFormatException($"proto: error parsing \"{name}\", oneof {type.Name.Split(':')[1]}.{field.Oneof} is already set");
            if (!fields.TryAdd(field, value))
                throw new ProtoFormatException($"proto: duplicate field \"{name}\"");
        }
        return fields;
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="ProtoFormatException">A value does not fit its field.</exception>
    public static ProtoMessage Read(JsonNode? document, ProtoType type) => ProtoMessage.Empty(type).Overlay(Fields(document, type));

    /// <summary>Writes a message in the order of declaration, without zeros, the keys of maps sorted.</summary>
    public static JsonObject Write(ProtoMessage message)
    {
        var json = new JsonObject();
        foreach (ProtoField field in message.Type.Fields)
        {
            if (message[field] is object value)
                json[field.Json] = Write(value);
        }
        return json;
    }

    private static JsonNode? Write(object value) => value switch
    {
        ProtoMessage message => Write(message),
        ProtoEnum { Name: null } choice => JsonValue.Create(choice.Number),
        ProtoEnum choice => JsonValue.Create(choice.Text),
        ProtoDuration duration => JsonValue.Create(duration.ToString()),
        ProtoWrapper { Kind: ProtoKind.Int64 or ProtoKind.UInt64 } wrapper => JsonValue.Create(Convert.ToString(wrapper.Value, CultureInfo.InvariantCulture)),
        ProtoWrapper wrapper => Write(wrapper.Value),
        JsonNode node => node.DeepClone(),
        bool flag => JsonValue.Create(flag),
        long number => JsonValue.Create(number),
        ulong number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        string text => JsonValue.Create(text),
        IReadOnlyDictionary<string, string> map => Map(map, text => JsonValue.Create(text)),
        IReadOnlyDictionary<string, object?> map => Map(map, item => item is null ? null : Write(item)),
        IEnumerable<object> list => new JsonArray([.. list.Select(Write)]),
        _ => throw new System.Diagnostics.UnreachableException($"no JSON for {value.GetType()}"),
    };

    private static JsonObject Map<T>(IReadOnlyDictionary<string, T> map, Func<T, JsonNode?> write) =>
        new(map.OrderBy(member => member.Key, GoOrder.Strings).Select(member => KeyValuePair.Create(member.Key, write(member.Value))));

    private static object? Value(ProtoField field, JsonNode node)
    {
        switch (field.Shape)
        {
            case FieldShape.List:
                JsonArray list = node as JsonArray ?? throw Unfit(field, node);
                var elements = list.Select(item => Element(field, item ?? throw Unfit(field, item))).OfType<object>().ToList();
                return field.Kind == ProtoKind.Text ? elements.Cast<string>().ToList() : elements;
            case FieldShape.Map:
                JsonObject map = node as JsonObject ?? throw Unfit(field, node);
                if (field.Kind == ProtoKind.Text)
                    return map.ToDictionary(member => member.Key, member => Text(field, member.Value), StringComparer.Ordinal);
                return map.ToDictionary(member => member.Key, member => Element(field, member.Value ?? throw Unfit(field, member.Value)), StringComparer.Ordinal);
            default:
                object? value = Element(field, node);
                return field.IsWrapper && value is not null ? new ProtoWrapper(field.Kind, value) : value;
        }
    }

    private static object? Element(ProtoField field, JsonNode node) => field.Kind switch
    {
        ProtoKind.Message => Read(node as JsonObject ?? throw Unfit(field, node), field.Type),
        ProtoKind.Text => Text(field, node),
        ProtoKind.Bool => node.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw Unfit(field, node) },
        ProtoKind.Int32 => Integer(field, node, int.MinValue, int.MaxValue),
        ProtoKind.Int64 => Integer(field, node, long.MinValue, long.MaxValue),
        ProtoKind.UInt32 => (ulong)Integer(field, node, 0, uint.MaxValue),
        ProtoKind.UInt64 => (ulong)Number(field, node, 0, ulong.MaxValue),
        ProtoKind.Double => Double(field, node),
        ProtoKind.Duration => ProtoDuration.TryParse(Text(field, node), out ProtoDuration duration)
            ? duration
            : throw new ProtoFormatException($"proto: invalid google.protobuf.Duration value {GoJson.Write(node)}"),
        ProtoKind.Enum => Enum(field, node),
        ProtoKind.Struct => (node as JsonObject ?? throw Unfit(field, node)).DeepClone(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static ProtoEnum? Enum(ProtoField field, JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => field.EnumType.Parse(node.GetValue<string>()),
        JsonValueKind.Number => field.EnumType.Of(Integer(field, node, int.MinValue, int.MaxValue)),
        _ => throw Unfit(field, node),
    };

    private static string Text(ProtoField field, JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw Unfit(field, node);

    private static long Integer(ProtoField field, JsonNode node, long smallest, long largest) => (long)Number(field, node, smallest, largest);

    /// <summary>Integers may be written as strings, and with a fraction or exponent as long as they are whole.</summary>
    private static decimal Number(ProtoField field, JsonNode node, decimal smallest, decimal largest)
    {
        string text = node.GetValueKind() switch
        {
            JsonValueKind.Number => GoJson.Write(node),
            JsonValueKind.String => node.GetValue<string>(),
            _ => throw Unfit(field, node),
        };
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out decimal number)
            && number == decimal.Truncate(number) && number >= smallest && number <= largest
            ? number
            : throw Unfit(field, node);
    }

    private static double Double(ProtoField field, JsonNode node)
    {
        string text = node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : GoJson.Write(node);
        return node.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw Unfit(field, node);
    }

    private static ProtoFormatException Unfit(ProtoField field, JsonNode? node)
    {
        string type = field.Kind switch { ProtoKind.Text => "string", ProtoKind.Duration => "google.protobuf.Duration", var kind => kind.ToString().ToLowerInvariant() };
        return new ProtoFormatException($"proto: invalid value for {type} field {field.Json}: {(node is null ? "null" : GoJson.Write(node))}");
    }
}
