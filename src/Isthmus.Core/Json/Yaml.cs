using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>YAML as Kubernetes and Istio read and write it (go-yaml v2 behind sigs.k8s.io/yaml): YAML 1.1 scalars, JSON's data model.</summary>
public static class Yaml
{
    /// <summary>
    /// Reads the first document; null where there is none. Repeated keys are an error unless <paramref name="lastKeyWins"/>,
    /// which is what Istio does with rendered templates.
    /// </summary>
    /// <exception cref="YamlFormatException">The text is no YAML, is nested too deep, or has keys or numbers that JSON lacks.</exception>
    public static JsonNode? Read(string text, bool lastKeyWins = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return YamlReader.Documents(text, lastKeyWins).FirstOrDefault();
    }

    /// <summary>Reads every document; empty ones are left out.</summary>
    /// <exception cref="YamlFormatException">As <see cref="Read"/>.</exception>
    public static IReadOnlyList<JsonNode> ReadAll(string text, bool lastKeyWins = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. YamlReader.Documents(text, lastKeyWins).OfType<JsonNode>()];
    }

    /// <summary>Writes a document: sorted keys, lists at the level of their key, multi-line strings as literal blocks, a newline at the end.</summary>
    public static string Write(JsonNode? value) => new YamlWriter().Write(value);
}
