using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>JSON values as Go's fmt prints them with %v, for messages.</summary>
internal static class GoText
{
    public static string Format(JsonNode? value) => value switch
    {
        null => "<nil>",
        JsonObject map => $"map[{string.Join(' ', map.OrderBy(member => member.Key, GoOrder.Strings).Select(member => $"{member.Key}:{Format(member.Value)}"))}]",
        JsonArray list => $"[{string.Join(' ', list.Select(Format))}]",
        _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ when value.GetValueKind() == JsonValueKind.Number => Number(GoJson.Write(value)),
        _ => GoJson.Write(value),
    };

    private static string Number(string json) => json.AsSpan().IndexOfAny('.', 'e') < 0
        ? json
        : GoNumber.General(double.Parse(json, CultureInfo.InvariantCulture), threshold: 21);
}
