using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>
/// A JSON object as its text, about a tenth of what the tree takes in memory: a full run holds tens of thousands of objects. Whoever looks
/// gets a tree of its own, so that none stays.
/// </summary>
public sealed class PackedJson
{
    // Deeper than any object that came off the wire, where the limit is 64.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    private readonly byte[] _text;

    public PackedJson(JsonObject obj)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            obj.WriteTo(writer);
        _text = buffer.WrittenSpan.ToArray();
    }

    /// <summary>The object; changing it changes nothing here.</summary>
    public JsonObject Unpack() => JsonNode.Parse(_text, documentOptions: Options) as JsonObject ?? [];

    /// <summary>What a look at the object gives; nothing of it is kept.</summary>
    public T Read<T>(Func<JsonElement, T> look)
    {
        using var document = JsonDocument.Parse(_text, Options);
        return look(document.RootElement);
    }
}
