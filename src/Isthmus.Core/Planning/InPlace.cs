using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Planning;

/// <summary>
/// A quick look whether our part of a live object stands as it should, as nearly all of them do in a full run. It walks the object's text and
/// builds nothing, and where it is in doubt it says no: <see cref="ObjectMerge"/> then looks closer.
/// </summary>
internal static class InPlace
{
    /// <summary>True only where <see cref="ObjectMerge.Merge"/> would give the live object again. Not for kinds that servers add fields to.</summary>
    public static bool IsCertain(JsonElement live, JsonObject desired)
    {
        if (live.ValueKind != JsonValueKind.Object || !desired.ContainsKey("metadata"))
            return false;
        foreach (var member in live.EnumerateObject())
        {
            if (!ObjectMerge.IsServers(member.Name) && !desired.ContainsKey(member.Name))
                return false;
        }

        foreach (var (name, wanted) in desired)
        {
            if (wanted is null || !live.TryGetProperty(name, out var found) || !(name == "metadata" ? IsMetadata(found, wanted) : AreEqual(found, wanted)))
                return false;
        }

        return true;
    }

    private static bool IsMetadata(JsonElement live, JsonNode wanted) =>
        live.ValueKind == JsonValueKind.Object && !live.TryGetProperty("deletionTimestamp", out _) && wanted is JsonObject desired && IsMap(live, desired, "labels") && IsMap(live, desired, "annotations");

    private static bool IsMap(JsonElement live, JsonObject desired, string map)
    {
        var wanted = desired[map] as JsonObject ?? [];
        if (!live.TryGetProperty(map, out var found))
            return wanted.Count == 0;
        if (found.ValueKind != JsonValueKind.Object)
            return false;
        var present = 0;
        var isEmpty = true;
        foreach (var entry in found.EnumerateObject())
        {
            isEmpty = false;
            if (!wanted.TryGetPropertyValue(entry.Name, out var value))
            {
                // Others' labels stay; ours go when they are not wanted, and so do those that a user had us carry.
                if (ObjectMerge.IsOurKey(entry.Name))
                    return false;
                continue;
            }

            if (entry.Name is ObjectMerge.CarriedLabels or ObjectMerge.CarriedAnnotations || value is null || !AreEqual(entry.Value, value))
                return false;
            present++;
        }

        return present == wanted.Count && !isEmpty;
    }

    private static bool AreEqual(JsonElement live, JsonNode? wanted) => wanted switch
    {
        JsonObject obj => AreEqual(live, obj),
        JsonArray items => AreEqual(live, items),
        JsonValue value => AreEqual(live, value),
        _ => false,
    };

    private static bool AreEqual(JsonElement live, JsonObject wanted)
    {
        if (live.ValueKind != JsonValueKind.Object || live.GetPropertyCount() != wanted.Count)
            return false;
        foreach (var member in live.EnumerateObject())
        {
            if (!wanted.TryGetPropertyValue(member.Name, out var value) || !AreEqual(member.Value, value))
                return false;
        }

        return true;
    }

    private static bool AreEqual(JsonElement live, JsonArray wanted)
    {
        if (live.ValueKind != JsonValueKind.Array || live.GetArrayLength() != wanted.Count)
            return false;
        var index = 0;
        foreach (var item in live.EnumerateArray())
        {
            if (!AreEqual(item, wanted[index++]))
                return false;
        }

        return true;
    }

    private static bool AreEqual(JsonElement live, JsonValue wanted) => live.ValueKind switch
    {
        JsonValueKind.String => wanted.TryGetValue<string>(out var text) && live.ValueEquals(text),
        JsonValueKind.Number => wanted.TryGetValue<int>(out var number) && live.TryGetInt32(out var found) && found == number,
        JsonValueKind.True => wanted.TryGetValue<bool>(out var truth) && truth,
        JsonValueKind.False => wanted.TryGetValue<bool>(out var truth) && !truth,
        _ => false,
    };
}
