using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Embedded.Istio;

/// <summary>CustomResourceDefinitions of the Istio kinds that Isthmus uses, ready to be created in an embedded cluster.</summary>
public static class IstioDefinitions
{
    public static IReadOnlyList<JsonObject> Read()
    {
        using var stream = typeof(IstioDefinitions).Assembly.GetManifestResourceStream("Isthmus.Embedded.Istio.definitions.yaml")
            ?? throw new InvalidOperationException("The assembly holds no definitions.");
        using var reader = new StreamReader(stream);
        return [.. Yaml.ReadAll(reader.ReadToEnd()).OfType<JsonObject>()];
    }
}
