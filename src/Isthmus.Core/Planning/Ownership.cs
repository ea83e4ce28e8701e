using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Planning;

/// <summary>The labels and annotations by which objects tell what is ours. The clusters are the store.</summary>
public static class Ownership
{
    public const string Prefix = "isthmus.dev/";
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";
    public const string ManagedByValue = "isthmus";
    public const string MeshLabel = "isthmus.dev/mesh";

    /// <summary>On the namespace of our objects: the generation of the document that was last applied there.</summary>
    public const string GenerationAnnotation = "isthmus.dev/generation";

    /// <summary>A label selector for all that this mesh owns.</summary>
    public static string Selector(string mesh) => $"{ManagedByLabel}={ManagedByValue},{MeshLabel}={mesh}";

    public static bool IsOurs(JsonObject obj, string mesh) =>
        obj.Label(ManagedByLabel) == ManagedByValue && obj.Label(MeshLabel) == mesh;

    /// <summary>Why an object that stands where we would write is not ours to change, with both owners; null where it is ours.</summary>
    public static string? Clash(JsonObject live, string mesh) => IsOurs(live, mesh)
        ? null
        : $"an object of this name is there already and belongs to {Owner(live)}: mesh '{mesh}' would write it. Rename or remove theirs, or leave what asks for ours";

    // Helm and others label what they make; else the server has noted who wrote last.
    private static string Owner(JsonObject live)
    {
        if (live.Label(ManagedByLabel) == ManagedByValue)
            return $"mesh '{live.Label(MeshLabel)}'";
        var writers = ((live["metadata"] as JsonObject)?["managedFields"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(entry => ObjectMetadata.TextOf(entry["manager"])).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return live.Label(ManagedByLabel) ?? (writers.Count > 0 ? string.Join(", ", writers) : "somebody else");
    }

    /// <summary>A new object with our labels; the caller adds its content.</summary>
    public static JsonObject NewObject(ObjectId id, string mesh, JsonObject? labels = null, JsonObject? annotations = null)
    {
        var allLabels = new JsonObject { [ManagedByLabel] = ManagedByValue, [MeshLabel] = mesh };
        foreach (var (key, value) in labels ?? [])
            allLabels[key] = value?.DeepClone();
        var metadata = new JsonObject { ["name"] = id.Name };
        if (id.Namespace is not null)
            metadata["namespace"] = id.Namespace;
        metadata["labels"] = allLabels;
        if (annotations is { Count: > 0 })
            metadata["annotations"] = annotations.DeepClone();
        return new JsonObject { ["apiVersion"] = id.Kind.ApiVersion, ["kind"] = id.Kind.Kind, ["metadata"] = metadata };
    }
}
