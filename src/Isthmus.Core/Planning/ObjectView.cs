using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Secrecy;

namespace Isthmus.Core.Planning;

/// <summary>
/// Objects as they may be shown: without what only the server writes, and with a hash in place of everything secret, so that a
/// change is seen and the content is not. Secrets' values, private keys and webhooks' tokens are secret wherever they stand.
/// </summary>
/// <param name="hashKey">Random, another one for each output: whoever reads it could else confirm a password by hashing guesses.</param>
public sealed class ObjectView(byte[] hashKey)
{
    private static readonly string[] ServersMetadata = ["managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"];

    // kubectl keeps a copy of a whole object in it, a Secret's content too.
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public JsonObject Of(JsonObject obj)
    {
        var isSecret = ObjectMetadata.TextOf(obj["kind"]) == "Secret";
        var view = new JsonObject();
        foreach (var (key, value) in obj)
        {
            if (key == "metadata" && value is JsonObject metadata)
                view[key] = Metadata(metadata);
            else if (isSecret && key is ("data" or "stringData"))
                view[key] = HashedValues(value);
            else
                view[key] = Shown(key, value);
        }

        return view;
    }

    /// <summary>The object as lines of YAML.</summary>
    public IReadOnlyList<string> Lines(JsonObject? obj) =>
        obj is null ? [] : Yaml.Write(Of(obj)).TrimEnd('\n').Split('\n');

    private JsonObject Metadata(JsonObject metadata)
    {
        var view = (JsonObject)metadata.DeepClone();
        foreach (var field in ServersMetadata)
            view.Remove(field);
        if (view["annotations"] is JsonObject annotations && annotations.Remove(LastApplied) && annotations.Count == 0)
            view.Remove("annotations");
        return Shown("metadata", view) as JsonObject ?? [];
    }

    private JsonNode? HashedValues(JsonNode? values)
    {
        if (values is not JsonObject map)
            return values is null ? null : Hash(values.ToJsonString());
        return new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Hash(ObjectMetadata.TextOf(entry.Value) ?? entry.Value?.ToJsonString() ?? ""))));
    }

    private JsonNode? Shown(string key, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                return new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Shown(entry.Key, entry.Value))));
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Shown(key, item))]);
            default:
                // A bundle is no secret, but two thousand characters of base64 tell nobody anything.
                return ObjectMetadata.TextOf(node) is { } text ? key == "caBundle" ? Hash(text) : Redaction.Replace(text, secret => $"({Hash(secret)})") : node?.DeepClone();
        }
    }

    private string Hash(string text) =>
        $"hash {Convert.ToHexStringLower(HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(text)))[..12]}, {text.Length} characters";
}
