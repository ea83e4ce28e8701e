using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>One condition of a ServiceExport, without its times.</summary>
internal sealed record ExportCondition(string Type, bool Status, string Reason, string Message);

/// <summary>
/// The conditions by which a ServiceExport tells what became of it (KEP-1645: Valid, Ready, Conflict). Other controllers' conditions
/// stay, and a time changes with the status only, so that a second run writes nothing.
/// </summary>
internal static class ExportConditions
{
    // KEP-1645's limit for a message.
    private const int MostCharacters = 32_768;

    /// <summary>What there is to say of an export.</summary>
    public static IEnumerable<ExportCondition> Of(MeshDocument mesh, SeenExport export, IReadOnlyList<ExportFault> conflicts, bool isLeftOut, AddressClaim? claim, IReadOnlyList<ExportFault> faults)
    {
        var notes = string.Join("; ", export.Notes.Select(note => note.Message));
        yield return export.Refusal is { } refusal
            ? new ExportCondition("Valid", false, refusal.Reason, refusal.Message)
            : new ExportCondition("Valid", true, "Valid", notes);
        yield return Ready(mesh, export, isLeftOut ? conflicts[0] : faults.FirstOrDefault(ExportFaults.IsGrave), claim);
        yield return conflicts.Count == 0
            ? new ExportCondition("Conflict", false, "NoConflicts", "")
            : new ExportCondition(
                "Conflict",
                true,
                string.Join(',', conflicts.Select(conflict => conflict.Reason).Distinct().Order(StringComparer.Ordinal)),
                string.Join("; ", conflicts.Select(conflict => conflict.Message)));
    }

    /// <summary>The step to a ServiceExport that tells these conditions; of its status nothing else is touched.</summary>
    public static PlannedAction Tell(ClusterName cluster, JsonObject declaration, IEnumerable<ExportCondition> conditions, DateTimeOffset now)
    {
        var version = (ObjectMetadata.TextOf(declaration["apiVersion"]) ?? ResourceKind.ServiceExport.ApiVersion).Split('/')[^1];
        var id = new ObjectId(cluster, ResourceKind.ServiceExport with { Version = version }, declaration.NamespaceName(), declaration.Name());
        var content = (JsonObject)declaration.DeepClone();
        if (content["status"] is not JsonObject status)
            content["status"] = status = [];
        if (status["conditions"] is not JsonArray told)
            status["conditions"] = told = [];
        foreach (var condition in conditions)
            Put(told, condition, (declaration["metadata"] as JsonObject)?["generation"], now);
        return PlanDiff.Step(id, declaration, content);
    }

    /// <summary>Whether we told anything of it, so that there is something to take back.</summary>
    public static bool IsTold(JsonObject declaration) =>
        ((declaration["status"] as JsonObject)?["conditions"] as JsonArray ?? []).OfType<JsonObject>().Any(condition => Is(condition, "Ready") && Is(condition, "True", "status"));

    private static ExportCondition Ready(MeshDocument mesh, SeenExport export, ExportFault? grave, AddressClaim? claim)
    {
        if (export.Refusal is { } refusal)
            return new ExportCondition("Ready", false, export.Service is null ? "Pending" : "Failed", refusal.Message);
        if (grave is not null)
            return new ExportCondition("Ready", false, "Failed", grave.Message);
        return claim is { } held
            ? new ExportCondition("Ready", true, "Exported", $"exported to mesh {mesh.Name} as {export.Name.GlobalHost(mesh.Domain)}, address {held.Address}")
            : new ExportCondition("Ready", false, "Pending", "waits for an address");
    }

    private static void Put(JsonArray told, ExportCondition condition, JsonNode? generation, DateTimeOffset now)
    {
        var status = condition.Status ? "True" : "False";
        var message = condition.Message.Length > MostCharacters ? condition.Message[..MostCharacters] : condition.Message;
        var live = told.OfType<JsonObject>().FirstOrDefault(entry => Is(entry, condition.Type));
        var changed = live is null || !Is(live, status, "status");
        var entry = new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = status,
            ["reason"] = condition.Reason,
            ["message"] = message,
            ["lastTransitionTime"] = changed ? Time(now) : live?["lastTransitionTime"]?.DeepClone() ?? Time(now),
        };
        // The first definitions of this kind had no such field, and prune it: what was pruned is not sent again.
        if (generation is not null && (live is null || live.ContainsKey("observedGeneration") || !Says(live, entry)))
            entry["observedGeneration"] = generation.DeepClone();
        if (live is null)
            told.Add(entry);
        else
            told[told.IndexOf(live)] = entry;
    }

    private static bool Says(JsonObject live, JsonObject entry) => entry.All(field => JsonNode.DeepEquals(live[field.Key], field.Value));

    private static bool Is(JsonObject condition, string text, string field = "type") => ObjectMetadata.TextOf(condition[field]) == text;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
