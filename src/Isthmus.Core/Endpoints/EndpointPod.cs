using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Endpoints;

/// <summary>Of a pod, what endpoints depend on. There are many, so those with equal labels share them.</summary>
public sealed record EndpointPod(string Namespace, string Name, string Node, IReadOnlyDictionary<string, string> Labels)
{
    /// <param name="pod">A Pod, or its metadata alone.</param>
    /// <param name="shared">Gives the same labels for the same text; null makes them anew.</param>
    public static EndpointPod Read(JsonElement pod, Func<string, Func<IReadOnlyDictionary<string, string>>, IReadOnlyDictionary<string, string>>? shared = null)
    {
        var metadata = pod.Member("metadata");
        var labels = metadata.Member("labels");
        var read = labels.ValueKind != JsonValueKind.Object ? MeshEndpoint.NoLabels
            : shared is null ? ReadLabels(labels) : shared(labels.GetRawText(), () => ReadLabels(labels));
        return new EndpointPod(metadata.Text("namespace"), metadata.Text("name"), pod.Member("spec").Text("nodeName"), read);
    }

    public static EndpointPod Read(JsonObject pod) => Read(JsonSerializer.SerializeToElement(pod));

    public bool Equals(EndpointPod? other) => other is not null && Namespace == other.Namespace && Name == other.Name && Node == other.Node
        && (ReferenceEquals(Labels, other.Labels) || (Labels.Count == other.Labels.Count && Labels.All(label => other.Labels.TryGetValue(label.Key, out var value) && value == label.Value)));

    public override int GetHashCode() => HashCode.Combine(Namespace, Name);

    internal string? Label(string key) => Labels.GetValueOrDefault(key);

    private static FrozenDictionary<string, string> ReadLabels(JsonElement labels) => labels.EnumerateObject()
        .Where(label => label.Value.ValueKind == JsonValueKind.String).ToFrozenDictionary(label => label.Name, label => label.Value.GetString() ?? "", StringComparer.Ordinal);
}
