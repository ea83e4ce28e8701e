using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

/// <summary>
/// Makes of a raw object what decoding it into Go's struct and encoding it again would: unknown fields go (and are reported),
/// nulls and zero values that Go does not write go, structs and times that it always writes come, wrong types are refused in its words.
/// </summary>
internal sealed class GoDecoder(string apiVersion, string kind, bool applyDefaults)
{
    private readonly List<string> _unknown = [];

    /// <summary>Rewrites <paramref name="obj"/> in place. Answers the unknown fields in document order, as <c>unknown field "spec.foo"</c>.</summary>
    public static IReadOnlyList<string> Decode(JsonObject obj, string typeName, string apiVersion, string kind, bool applyDefaults)
    {
        var decoder = new GoDecoder(apiVersion, kind, applyDefaults);
        decoder.Struct(obj, TypeCatalog.BuiltIn[typeName], "", "");
        return decoder._unknown;
    }

    private void Struct(JsonObject obj, GoType type, string path, string goPath)
    {
        foreach (var (name, value) in obj.ToArray())
        {
            var fieldPath = path.Length == 0 ? name : $"{path}.{name}";
            if (type.Find(name) is not { } field)
                _unknown.Add($"unknown field \"{fieldPath}\"");
            else if (value is not null && Checked(value, field, type, fieldPath, goPath.Length == 0 ? name : $"{goPath}.{name}") is var read && read != value)
                obj[name] = read;
        }

        var given = obj.ToArray().ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        obj.Clear();
        foreach (var field in type.Fields)
            Write(obj, field, given.GetValueOrDefault(field.Name), path.Length == 0 ? field.Name : $"{path}.{field.Name}");
    }

    private void Write(JsonObject obj, GoField field, JsonNode? value, string path)
    {
        var isSet = value is not null && (field.IsPointer || field.IsStruct || field.AlwaysWritten || !IsZero(value));
        if (applyDefaults && field.Default is { } defaultValue && (value is null || (!field.IsPointer && IsZero(value))))
        {
            value = defaultValue.DeepClone();
            isSet = true;
            if (field.IsStruct && value is JsonObject made)
                Struct(made, TypeCatalog.BuiltIn[field.TypeName], path, path);
        }

        if (field is { IsList: true } or { IsMap: true })
        {
            // An empty list does not survive the protobuf that Kubernetes stores.
            if (value is not null && !IsEmpty(value))
                obj[field.Name] = value;
            else if (field.AlwaysWritten)
                obj[field.Name] = null;
        }
        else if (isSet)
            obj[field.Name] = value;
        else if (field is { IsStruct: true, IsPointer: false })
        {
            var empty = new JsonObject();
            Struct(empty, TypeCatalog.BuiltIn[field.TypeName], path, path);
            obj[field.Name] = empty;
        }
        else if (field is { TypeName: "time" or "microTime", IsPointer: false } || field is { AlwaysWritten: true, IsPointer: true })
            obj[field.Name] = null;
        else if (field.AlwaysWritten || field is { TypeName: "intOrString" or "quantity", IsPointer: false })
            obj[field.Name] = Zero(field.TypeName);
    }

    private JsonNode? Checked(JsonNode value, GoField field, GoType owner, string path, string goPath)
    {
        if (field.IsList)
        {
            if (value is not JsonArray array)
                throw WrongType(value, owner, goPath, "[]" + GoName(field));
            for (var i = 0; i < array.Count; i++)
                if (Element(array[i], field, owner, $"{path}[{i}]", goPath) is var read && read != array[i])
                    array[i] = read;
            return array;
        }

        if (!field.IsMap)
            return Element(value, field, owner, path, goPath);
        if (value is not JsonObject map)
            throw WrongType(value, owner, goPath, "map[string]" + GoName(field));
        foreach (var (key, item) in map.ToArray())
            if (Element(item, field, owner, $"{path}.{key}", goPath) is var read && read != item)
                map[key] = read;
        return map;
    }

    private JsonNode? Element(JsonNode? value, GoField field, GoType owner, string path, string goPath)
    {
        if (value is null)
            return field.IsStruct ? Nested(new JsonObject(), field, path, goPath) : Zero(field.TypeName);
        if (field.IsStruct)
            return value is JsonObject obj ? Nested(obj, field, path, goPath) : throw WrongType(value, owner, goPath, GoName(field));
        var jsonKind = value.GetValueKind();
        switch (field.TypeName)
        {
            case "string" when jsonKind != JsonValueKind.String:
            case "bool" when jsonKind is not (JsonValueKind.True or JsonValueKind.False):
            case "float" when jsonKind != JsonValueKind.Number:
            case "int32" or "int64" when jsonKind != JsonValueKind.Number:
                throw WrongType(value, owner, goPath, GoName(field));
            case "int32" or "int64":
                return Integer(value, field, owner, goPath);
            case "bytes":
                return Bytes(value, owner, goPath);
            case "quantity":
                return Quantity(value);
            case "time" or "microTime":
                return Time(value);
            case "intOrString" when jsonKind is not (JsonValueKind.String or JsonValueKind.Number):
                throw Refused($"json: cannot unmarshal {KindWord(value)} into Go value of type int32");
            default:
                return value;
        }
    }

    private JsonObject Nested(JsonObject obj, GoField field, string path, string goPath)
    {
        Struct(obj, TypeCatalog.BuiltIn[field.TypeName], path, goPath);
        return obj;
    }

    private JsonNode Integer(JsonNode value, GoField field, GoType owner, string goPath)
    {
        var text = value.ToJsonString();
        var fits = field.TypeName == "int32"
            ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        return fits ? value : throw Refused($"json: cannot unmarshal number {text} into Go struct field {owner.Name}.{goPath} of type {field.TypeName}");
    }

    private JsonValue Bytes(JsonNode value, GoType owner, string goPath)
    {
        if (value.AsText() is not { } text)
            throw WrongType(value, owner, goPath, "[]uint8");
        text = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        var bad = IllegalBase64At(text);
        return bad < 0 ? JsonValue.Create(text) : throw Refused($"illegal base64 data at input byte {bad}");
    }

    /// <summary>Where Go's decoder would stop: the first character that cannot stand there, or the end of a text that is too short; -1 when all is well.</summary>
    private static int IllegalBase64At(string text)
    {
        var data = text.TrimEnd('=');
        for (var i = 0; i < data.Length; i++)
            if (!char.IsAsciiLetterOrDigit(data[i]) && data[i] is not ('+' or '/'))
                return i;
        if (text.Length % 4 == 0 && text.Length - data.Length <= 2)
            return -1;
        return text.Length == data.Length ? text.Length - (text.Length % 4) : data.Length;
    }

    private JsonValue Quantity(JsonNode value)
    {
        var text = value.GetValueKind() == JsonValueKind.Number ? value.ToJsonString() : value.AsText();
        return Core.Kubernetes.Quantity.Canonical(text) is { } canonical
            ? JsonValue.Create(canonical)
            : throw Refused("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }

    private JsonNode Time(JsonNode value)
    {
        var text = value.AsText() ?? throw Refused($"json: cannot unmarshal {KindWord(value)} into Go value of type string");
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
            return value;
        throw Refused($"parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\"");
    }

    private ApiStatusException WrongType(JsonNode value, GoType owner, string goPath, string goType) =>
        Refused($"json: cannot unmarshal {KindWord(value)} into Go struct field {owner.Name}.{goPath} of type {goType}");

    private ApiStatusException Refused(string reason) =>
        new(400, "BadRequest", $"{kind} in version \"{apiVersion.Split('/')[^1]}\" cannot be handled as a {kind}: {reason}");

    private static string KindWord(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };

    private static string GoName(GoField field) => field.TypeName switch
    {
        "bytes" => "[]uint8",
        "float" => "float64",
        _ when field.IsStruct => "v1." + field.TypeName,
        var scalar => scalar,
    };

    private static bool IsEmpty(JsonNode value) => value is JsonArray { Count: 0 } or JsonObject { Count: 0 };

    private static bool IsZero(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>().Length == 0,
        JsonValueKind.Number => value.AsInteger() == 0,
        JsonValueKind.False => true,
        _ => IsEmpty(value),
    };

    private static JsonValue? Zero(string typeName) => typeName switch
    {
        "string" or "bytes" => JsonValue.Create(""),
        "bool" => JsonValue.Create(false),
        "int32" or "int64" or "float" or "intOrString" => JsonValue.Create(0),
        "quantity" => JsonValue.Create("0"),
        _ => null,
    };
}
