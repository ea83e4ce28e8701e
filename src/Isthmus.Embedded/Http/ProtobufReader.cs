using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Http;

/// <summary>
/// Reads the protobuf that kubectl's <c>create</c> commands send, into the JSON object that it stands for. What the
/// tables do not have is refused rather than dropped; the client can send JSON.
/// </summary>
internal static class ProtobufReader
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly byte[] Magic = [(byte)'k', (byte)'8', (byte)'s', 0];

    public static JsonObject Read(byte[] body)
    {
        if (!body.AsSpan().StartsWith(Magic))
        {
            throw ApiErrors.BadRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        var (apiVersion, kind) = ("", "");
        var raw = ReadOnlySpan<byte>.Empty;
        var envelope = new Wire(body.AsSpan(Magic.Length));
        while (envelope.Next(out var number))
        {
            if (number == 1)
            {
                var type = new Wire(envelope.Bytes());
                while (type.Next(out var field))
                {
                    var text = Encoding.UTF8.GetString(type.Bytes());
                    (apiVersion, kind) = field == 1 ? (text, kind) : (apiVersion, text);
                }
            }
            else if (number == 2)
            {
                raw = envelope.Bytes();
            }
            else
            {
                envelope.Bytes();
            }
        }
        if (ProtobufTypes.Find(kind) is null)
        {
            throw new ApiStatusException(415, "UnsupportedMediaType", $"protobuf of kind {kind} is not read here: send application/json");
        }
        var obj = Message(kind, raw);
        obj["apiVersion"] = apiVersion;
        obj["kind"] = kind;
        return obj;
    }

    private static JsonObject Message(string message, ReadOnlySpan<byte> bytes)
    {
        var fields = ProtobufTypes.Find(message);
        var obj = new JsonObject();
        var wire = new Wire(bytes);
        while (wire.Next(out var number))
        {
            if (fields is null || !fields.TryGetValue(number, out var field))
            {
                throw new ApiStatusException(415, "UnsupportedMediaType", $"protobuf field {number} of {message} is not read here: send application/json");
            }
            if (field.IsMap)
            {
                var map = obj[field.Name] as JsonObject;
                if (map is null)
                {
                    map = [];
                    obj[field.Name] = map;
                }
                AddEntry(map, field, wire.Bytes());
            }
            else if (field.IsList)
            {
                var list = obj[field.Name] as JsonArray;
                if (list is null)
                {
                    list = [];
                    obj[field.Name] = list;
                }
                list.Add(Value(field with { KeepsZero = true }, ref wire));
            }
            else if (Value(field, ref wire) is { } value)
            {
                obj[field.Name] = value;
            }
        }
        return obj;
    }

    private static void AddEntry(JsonObject map, ProtobufField field, ReadOnlySpan<byte> bytes)
    {
        var key = "";
        JsonNode? value = field.Type == "Quantity" ? null : "";
        var entry = new Wire(bytes);
        while (entry.Next(out var number))
        {
            if (number == 1)
            {
                key = Encoding.UTF8.GetString(entry.Bytes());
            }
            else
            {
                value = Value(field with { KeepsZero = true }, ref entry);
            }
        }
        map[key] = value;
    }

    /// <summary>Null for a zero value that JSON leaves out.</summary>
    private static JsonNode? Value(ProtobufField field, ref Wire wire)
    {
        switch (field.Type)
        {
            case "string":
                var text = Encoding.UTF8.GetString(wire.Bytes());
                return text.Length > 0 || field.KeepsZero ? JsonValue.Create(text) : null;
            case "bytes":
                return JsonValue.Create(Convert.ToBase64String(wire.Bytes()));
            case "int":
                var number = wire.Number();
                return number != 0 || field.KeepsZero ? JsonValue.Create(number) : null;
            case "bool":
                var flag = wire.Number() != 0;
                return flag || field.KeepsZero ? JsonValue.Create(flag) : null;
            case "Time":
                var seconds = Message("Time", wire.Bytes()).Integer("seconds");
                return seconds is null ? null : JsonValue.Create(ObjectMetadata.Timestamp(DateTimeOffset.FromUnixTimeSeconds(seconds.Value)));
            case "Quantity":
                return JsonValue.Create(Message("Quantity", wire.Bytes()).Text("string"));
            case "IntOrString":
                var either = Message("IntOrString", wire.Bytes());
                return either.Integer("type") == 1 ? JsonValue.Create(either.Text("strVal")) : JsonValue.Create(either.Integer("intVal") ?? 0);
            default:
                return Message(field.Type, wire.Bytes());
        }
    }

    /// <summary>Protobuf's wire format: tags, variable-length numbers, and bytes with their length.</summary>
    private ref struct Wire(ReadOnlySpan<byte> bytes)
    {
        private const int Varint = 0;
        private const int LengthDelimited = 2;

        private ReadOnlySpan<byte> _rest = bytes;
        private int _type;

        public bool Next(out int number)
        {
            number = 0;
            if (_rest.IsEmpty)
            {
                return false;
            }
            var tag = ReadNumber();
            (number, _type) = ((int)(tag >> 3), (int)(tag & 7));
            return true;
        }

        public long Number() => _type == Varint ? (long)ReadNumber() : throw Malformed();

        public ReadOnlySpan<byte> Bytes()
        {
            if (_type != LengthDelimited)
            {
                throw Malformed();
            }
            var length = ReadNumber();
            if (length > (ulong)_rest.Length)
            {
                throw Malformed();
            }
            var bytes = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return bytes;
        }

        private ulong ReadNumber()
        {
            var number = 0UL;
            for (var shift = 0; shift < 64; shift += 7)
            {
                if (_rest.IsEmpty)
                {
                    break;
                }
                var part = _rest[0];
                _rest = _rest[1..];
                number |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return number;
                }
            }
            throw Malformed();
        }

        private static ApiStatusException Malformed() => ApiErrors.BadRequest("the protobuf body is malformed");
    }
}
