using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>
/// One application of a patch to a document of its own. Rules and wording are those of the library that API servers
/// use (evanphx/json-patch v4): <c>replace</c> of a missing map key adds it, the whole document can only be replaced or
/// tested, list indices may be negative.
/// </summary>
internal sealed class JsonPatchRun(JsonNode? document)
{
    /// <summary>Deeper documents could not be written as JSON.</summary>
    private const int MaxDepth = 512;

    /// <summary>What all copies of one patch may add, in bytes: the API server's limit.</summary>
    private const int MaxCopiedBytes = 3 * 1024 * 1024;

    private int _operation;
    private long _copied;

    public JsonNode? Document { get; private set; } = document;

    public void Apply(int index, JsonNode? operation)
    {
        _operation = index;
        if (operation is not JsonObject fields)
            throw Fail("json: cannot unmarshal a value that is not an object into Go value of type jsonpatch.Operation");
        switch (Text(fields, "op") ?? "unknown")
        {
            case "add": Add(fields); break;
            case "remove": Remove(fields); break;
            case "replace": Replace(fields); break;
            case "move": Move(fields); break;
            case "copy": Copy(fields); break;
            case "test": Test(fields); break;
            case var kind: throw Fail($"Unexpected kind: {kind}");
        }
    }

    private void Add(JsonObject fields)
    {
        string path = Path(fields, "path", "add operation failed to decode path");
        Container at = Find(path) ?? throw Fail($"add operation does not apply: doc is missing path: \"{path}\": missing value");
        Insert(at, path, Value(fields), "add");
    }

    private void Remove(JsonObject fields)
    {
        string path = Path(fields, "path", "remove operation failed to decode path");
        Container at = Find(path) ?? throw Fail($"remove operation does not apply: doc is missing path: \"{path}\": missing value");
        Delete(at, path, "remove");
    }

    private void Replace(JsonObject fields)
    {
        string path = Path(fields, "path", "replace operation failed to decode path");
        JsonNode? value = Value(fields);
        if (path.Length == 0)
        {
            Document = value;
            return;
        }
        Container at = Find(path) ?? throw Fail($"replace operation does not apply: doc is missing path: {path}: missing value");
        if (at.Node is JsonObject map)
            map[at.Key] = Within(at, value);
        else if (at.Node is JsonArray list)
            list[ExistingIndex(list, at.Key, $"replace operation does not apply: doc is missing key: {path}: missing value")] = Within(at, value);
    }

    private void Move(JsonObject fields)
    {
        string from = Path(fields, "from", "move operation failed to decode from");
        Container source = Find(from) ?? throw Fail($"move operation does not apply: doc is missing from path: {from}: missing value");
        JsonNode? value = Get(source, $"error in move for path: '{from}'");
        Delete(source, from, "move");
        string path = Path(fields, "path", "move operation failed to decode path");
        Container at = Find(path) ?? throw Fail($"move operation does not apply: doc is missing destination path: {path}: missing value");
        Insert(at, path, value, "move");
    }

    private void Copy(JsonObject fields)
    {
        string from = Path(fields, "from", "copy operation failed to decode from");
        Container source = Find(from) ?? throw Fail($"copy operation does not apply: doc is missing from path: {from}: missing value");
        JsonNode? value = Get(source, $"error in copy for from: '{from}'")?.DeepClone();
        string path = Path(fields, "path", "copy operation failed to decode path");
        Container at = Find(path) ?? throw Fail($"copy operation does not apply: doc is missing destination path: {path}: missing value");
        _copied += value is null ? 4 : JsonSerializer.SerializeToUtf8Bytes(value).Length;
        if (_copied > MaxCopiedBytes)
            throw Fail($"Unable to complete the copy, the accumulated size increase of copy is {_copied}, exceeding the limit {MaxCopiedBytes}");
        Insert(at, path, value, "copy");
    }

    private void Test(JsonObject fields)
    {
        string path = Path(fields, "path", "test operation failed to decode path");
        JsonNode? actual = Document;
        if (path.Length > 0)
        {
            Container at = Find(path) ?? throw Fail($"test operation does not apply: is missing path: {path}: missing value");
            actual = Get(at, $"error in test for path: '{path}'");
        }
        if (!JsonNode.DeepEquals(actual, fields["value"]))
            throw Fail($"testing value {path} failed: test failed", testFailed: true);
    }

    private void Insert(Container at, string path, JsonNode? value, string operation)
    {
        value = Within(at, value);
        if (at.Node is JsonObject map)
        {
            map[at.Key] = value;
            return;
        }
        JsonArray list = at.Node.AsArray();
        if (at.Key == "-")
        {
            list.Add(value);
            return;
        }
        if (!TryIndex(at.Key, out int index))
            throw Fail($"error in {operation} for path: '{path}': value was not a proper array index: '{at.Key}': {NotANumber(at.Key)}");
        // A negative index counts from the end of the list as it will be, so that -1 appends.
        int size = list.Count + 1;
        if (index >= size || index < -size)
            throw Fail($"error in {operation} for path: '{path}': Unable to access invalid index: {index}: invalid index referenced");
        list.Insert(index < 0 ? index + size : index, value);
    }

    private void Delete(Container at, string path, string operation)
    {
        if (at.Node is JsonObject map)
        {
            if (!map.Remove(at.Key))
                throw Fail($"error in {operation} for path: '{path}': Unable to remove nonexistent key: {at.Key}: missing value");
            return;
        }
        JsonArray list = at.Node.AsArray();
        list.RemoveAt(ExistingIndex(list, at.Key, null, $"error in {operation} for path: '{path}'"));
    }

    private JsonNode? Get(Container at, string prefix) => at.Node is JsonObject map
        ? map[at.Key]
        : at.Node.AsArray()[ExistingIndex(at.Node.AsArray(), at.Key, null, prefix)];

    private int ExistingIndex(JsonArray list, string key, string? message, string prefix = "")
    {
        if (!TryIndex(key, out int index))
            throw Fail(message ?? $"{prefix}: {NotANumber(key)}");
        if (index >= list.Count || index < -list.Count)
            throw Fail(message ?? $"{prefix}: Unable to access invalid index: {index}: invalid index referenced");
        return index < 0 ? index + list.Count : index;
    }

    /// <summary>The map or list that holds the last part of a path; null where the way to it does not exist.</summary>
    private Container? Find(string path)
    {
        string[] parts = path.Split('/');
        if (parts.Length < 2)
            return null;
        JsonNode? node = Document;
        for (int i = 1; i < parts.Length - 1; i++)
        {
            node = node switch
            {
                JsonObject map => map[JsonPointer.Unescape(parts[i])],
                JsonArray list when TryIndex(parts[i], out int index) && index < list.Count && index >= -list.Count =>
                    list[index < 0 ? index + list.Count : index],
                _ => null,
            };
        }
        return node is JsonObject or JsonArray ? new Container(node, JsonPointer.Unescape(parts[^1]), parts.Length - 1) : null;
    }

    private JsonNode? Within(Container at, JsonNode? value) => DeeperThan(value, MaxDepth - at.Depth)
        ? throw Fail($"the patched document would be nested deeper than {MaxDepth} levels")
        : value;

    private static bool DeeperThan(JsonNode? value, int levels) => levels < 0 || value switch
    {
        JsonObject map => map.Any(member => DeeperThan(member.Value, levels - 1)),
        JsonArray list => list.Any(element => DeeperThan(element, levels - 1)),
        _ => false,
    };

    private static JsonNode? Value(JsonObject fields) => fields["value"]?.DeepClone();

    private string Path(JsonObject fields, string field, string prefix) =>
        Text(fields, field) ?? throw Fail($"{prefix}: missing operation {field}: missing value");

    private static string? Text(JsonObject fields, string field) =>
        fields[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool TryIndex(string key, out int index) =>
        int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out index);

    private static string NotANumber(string key) => $"strconv.Atoi: parsing {GoJson.Quote(key)}: invalid syntax";

    private JsonPatchException Fail(string message, bool testFailed = false) => new(message, _operation, testFailed);

    private sealed record Container(JsonNode Node, string Key, int Depth);
}
