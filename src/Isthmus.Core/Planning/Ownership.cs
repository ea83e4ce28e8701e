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

    /// <summary>Why an object that stands where we would write is not ours to change; null where it is.</summary>
    public static string? Clash(JsonObject live, string mesh)
    {
        if (live.Label(ManagedByLabel) != ManagedByValue)
            return $"an object of this name is there already and belongs to {live.Label(ManagedByLabel) ?? "somebody else"}";
        return live.Label(MeshLabel) == mesh ? null : $"the object belongs to mesh '{live.Label(MeshLabel)}'";
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
