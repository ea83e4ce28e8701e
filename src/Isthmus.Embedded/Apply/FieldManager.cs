using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Apply;

/// <summary>Who owns which field of an object (<c>metadata.managedFields</c>), and server-side apply on top of it.</summary>
internal static class FieldManager
{
    public static void TrackUpdate(ServedKind kind, JsonObject? live, JsonObject next, string manager, string? subresource, DateTimeOffset now)
    {
        next.Metadata().Remove("managedFields");
    }

    public static JsonObject Apply(ServedKind kind, JsonObject? live, JsonObject applied, string manager, bool force, string? subresource, DateTimeOffset now) =>
        live is null ? applied.Copy() : JsonMergePatch.Apply(live, applied)?.AsObject() ?? [];

    public static void Keep(JsonObject obj)
    {
    }

    public static bool SameButForTimes(JsonObject current, JsonObject next) => JsonNode.DeepEquals(current, next);
}
