using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>RFC 6902 JSON patches: applied as Kubernetes applies them, and computed in linear time.</summary>
public static class JsonPatch
{
    /// <summary>The patch that turns one value into another; empty when they are equal.</summary>
    public static JsonArray Diff(JsonNode? from, JsonNode? to) => JsonPatchDiff.Compute(from, to);

    /// <summary>The patched copy of a document, which itself stays as it is.</summary>
    /// <exception cref="JsonPatchException">An operation is malformed or does not apply.</exception>
    public static JsonNode? Apply(JsonNode? doc, JsonArray patch)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var run = new JsonPatchRun(doc?.DeepClone());
        for (int index = 0; index < patch.Count; index++)
            run.Apply(index, patch[index]);
        return run.Document;
    }
}
