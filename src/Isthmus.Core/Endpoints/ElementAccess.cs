using System.Text.Json;

namespace Isthmus.Core.Endpoints;

/// <summary>Reads members of JSON that is not kept: what is absent or of another type is absent to the caller.</summary>
internal static class ElementAccess
{
    public static JsonElement Member(this JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : default;

    /// <summary>Empty where there is no such text.</summary>
    public static string Text(this JsonElement owner, string name) => owner.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() ?? "" : "";

    public static int Number(this JsonElement owner, string name) =>
        owner.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : 0;

    public static bool Is(this JsonElement owner, string name, bool wanted) => owner.Member(name).ValueKind == (wanted ? JsonValueKind.True : JsonValueKind.False);

    public static IEnumerable<JsonElement> Items(this JsonElement owner, string name) => owner.Member(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
