using System.Text.Json;
using System.Text.Json.Nodes;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's JSON functions, as Go's encoding/json reads and writes.</summary>
internal static class Json
{
    private const int MaxDepth = 1000;

    public static readonly Function[] All =
    [
        Function.Create("toJson(any)", a => Write(a, true, false, false)),
        Function.Create("mustToJson(any)", a => Write(a, true, false, true)),
        Function.Create("toRawJson(any)", a => Write(a, false, false, true)),
        Function.Create("mustToRawJson(any)", a => Write(a, false, false, true)),
        Function.Create("toPrettyJson(any)", a => Write(a, true, true, false)),
        Function.Create("mustToPrettyJson(any)", a => Write(a, true, true, true)),
        Function.Create("fromJson(string)", a => Read(a.String(0), out _)),
        Function.Create("mustFromJson(string)", a => Read(a.String(0), out var error) is var value && error is null ? value : throw new FunctionException(error ?? "")),
    ];

    /// <summary>A Go value as a JSON node, for users' functions that ask for one.</summary>
    public static JsonNode? ToNode(object? value)
    {
        if (value is null or NoValue) return null;
        if (value is JsonNode node) return node;
        if (value is string text) return JsonValue.Create(text);
        if (value is bool truth) return JsonValue.Create(truth);
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new LimitException("value nests too deeply");
        if (GoValue.TryInteger(value, out var i)) return JsonValue.Create(i);
        if (GoValue.TryFloat(value, out var f)) return JsonValue.Create(f);
        if (GoMap.Is(value))
        {
            var map = new JsonObject();
            foreach (var (key, element) in GoMap.StringEntries(value)) map[key] = ToNode(element)?.DeepClone();
            return map;
        }

        if (!GoList.Is(value)) return null;
        var list = new JsonArray();
        for (var n = 0; n < GoList.Count(value); n++) list.Add(ToNode(GoList.At(value, n))?.DeepClone());
        return list;
    }

    private static object? Read(string text, out string? error)
    {
        error = null;
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = true });
            return Value(document.RootElement);
        }
        catch (JsonException invalid)
        {
            error = text.Length == 0 ? "unexpected end of JSON input" : invalid.Message;
            return null;
        }
        catch (ArgumentException invalid)
        {
            // Text with half a surrogate pair has no UTF-8 form.
            error = invalid.Message;
            return null;
        }
    }

    private static object? Value(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var property in element.EnumerateObject()) map[property.Name] = Value(property.Value);
                return map;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(Value).ToList();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw new JsonException("json: cannot unmarshal number into Go value of type float64");
            case JsonValueKind.True or JsonValueKind.False:
                return element.ValueKind == JsonValueKind.True;
            default:
                return null;
        }
    }

    private static string Write(Arguments a, bool escapeHtml, bool indented, bool must)
    {
        var output = a.Execution.RentOutput();
        try
        {
            new JsonText(output, escapeHtml, indented).Write(a[0], 0);
        }
        catch (FunctionException) when (!must)
        {
            // toJson and toPrettyJson drop Go's error and return what Go returned beside it: nothing.
            output.Clear();
        }

        return a.Execution.Finish(output);
    }
}
