using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Cli.Inject;

/// <summary>Files of Kubernetes objects: documents, lists, or the short forms <c>{name, kubeletVersion}</c> and <c>{name, annotations}</c>.</summary>
internal static class InjectFactFiles
{
    /// <exception cref="InjectInputException">The file cannot be read.</exception>
    public static async Task<string> TextAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InjectInputException(fault.Message, fault);
        }
    }

    /// <exception cref="InjectInputException">The file cannot be read, or holds something else than objects.</exception>
    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        string text = await TextAsync(file, cancellationToken);
        try
        {
            return [.. Yaml.ReadAll(text).SelectMany(document => Items(document, file))];
        }
        catch (YamlFormatException fault)
        {
            throw new InjectInputException($"{file}: {fault.Message}", fault);
        }
    }

    public static IReadOnlyDictionary<string, string> KubeletVersions(IReadOnlyList<JsonObject> nodes) => ByName(
        nodes, node => Text(node["kubeletVersion"]) ?? Text((node["status"] as JsonObject)?["nodeInfo"] is JsonObject known ? known["kubeletVersion"] : null) ?? "");

    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> NamespaceAnnotations(IReadOnlyList<JsonObject> namespaces) => ByName(
        namespaces, found => ObjectMetadata.Strings((found["annotations"] ?? (found["metadata"] as JsonObject)?["annotations"]) as JsonObject));

    private static Dictionary<string, T> ByName<T>(IReadOnlyList<JsonObject> objects, Func<JsonObject, T> value)
    {
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (JsonObject item in objects)
            result[Text(item["name"]) ?? item.Name()] = value(item);
        return result;
    }

    private static IEnumerable<JsonObject> Items(JsonNode? document, string file) => document switch
    {
        JsonObject { } list when list["items"] is JsonArray items => Items(items, file),
        JsonObject item => [item],
        JsonArray items => items.SelectMany(item => Items(item, file)),
        _ => throw new InjectInputException($"{file}: has to hold objects"),
    };

    private static string? Text(JsonNode? node) => ObjectMetadata.TextOf(node);
}
