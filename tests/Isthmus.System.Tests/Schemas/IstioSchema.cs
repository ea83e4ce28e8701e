using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Schemas;
using Isthmus.Tests;

namespace Isthmus.System.Tests.Schemas;

/// <summary>
/// Istio's own CustomResourceDefinitions as an API server applies them to one object: what it would refuse, what it would prune, and its
/// rules in CEL. Those that can concern us are written out here; one that is not known is a fault, so that a newer set is not taken lightly.
/// </summary>
internal sealed partial class IstioSchema
{
    private readonly Dictionary<(string Group, string Kind), List<JsonObject>> _versions = [];

    public IstioSchema(string path)
    {
        foreach (var definition in Yaml.ReadAll(File.ReadAllText(path)).OfType<JsonObject>())
        {
            var key = (ObjectMetadata.TextOf(definition["spec"]?["group"]) ?? "", ObjectMetadata.TextOf(definition["spec"]?["names"]?["kind"]) ?? "");
            _versions[key] = [.. (definition["spec"]?["versions"] as JsonArray ?? []).OfType<JsonObject>()];
        }
    }

    /// <summary>The definitions that lie beside the checkout; null where they do not.</summary>
    public static IstioSchema? Shared() => SharedPath is { } path ? new IstioSchema(path) : null;

    public static string? SharedPath => Repository.Shared is { } shared ? Path.Combine(shared, "istio", "crds", "istio-1.26.0.yaml") : null;

    public bool Has(JsonObject obj) => _versions.ContainsKey(KeyOf(obj));

    /// <summary>Everything that an API server with these definitions would hold against an object, in the version that it is sent in and in all others that are served.</summary>
    public IEnumerable<string> Faults(JsonObject obj)
    {
        var sent = (ObjectMetadata.TextOf(obj["apiVersion"]) ?? "").Split('/')[^1];
        var versions = _versions[KeyOf(obj)];
        if (!versions.Exists(version => ObjectMetadata.TextOf(version["name"]) == sent && version.Flag("served")))
            yield return $"version {sent} is not served";
        foreach (var version in versions)
        {
            var schema = version.Object("schema", "openAPIV3Schema") ?? [];
            foreach (var removed in SchemaPruner.Prune((JsonObject)obj.DeepClone(), schema))
                yield return $"{version["name"]}: {removed} is pruned";
            foreach (var error in SchemaValidator.Validate(obj, schema))
                yield return $"{version["name"]}: {error.Field}: {error.Message}";
            foreach (var broken in Rules(obj, schema, ""))
                yield return $"{version["name"]}: {broken}";
        }
    }

    private static (string, string) KeyOf(JsonObject obj) =>
        ((ObjectMetadata.TextOf(obj["apiVersion"]) ?? "").Split('/')[0], ObjectMetadata.TextOf(obj["kind"]) ?? "");

    private static IEnumerable<string> Rules(JsonNode? value, JsonObject schema, string path)
    {
        if (value is null)
            yield break;
        foreach (var rule in (schema["x-kubernetes-validations"] as JsonArray ?? []).Select(entry => ObjectMetadata.TextOf(entry?["rule"]) ?? ""))
        {
            if (!Holds(string.Join(' ', rule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), value))
                yield return $"{path}: {rule}";
        }

        var parts = value switch
        {
            JsonObject obj => obj.Select(field => (
                Value: field.Value, Schema: schema.Object("properties", field.Key) ?? schema["additionalProperties"] as JsonObject, Path: $"{path}.{field.Key}")),
            JsonArray items => items.Select((item, index) => (Value: item, Schema: schema["items"] as JsonObject, Path: $"{path}[{index}]")),
            _ => [],
        };
        foreach (var broken in parts.Where(part => part.Schema is not null).SelectMany(part => Rules(part.Value, part.Schema ?? [], part.Path)))
            yield return broken;
    }

    private static bool Holds(string rule, JsonNode self) => rule switch
    {
        "(has(self.workloadSelector) ? 1 : 0) + (has(self.endpoints) ? 1 : 0) <= 1" => !(Has(self, "workloadSelector") && Has(self, "endpoints")),
        "!((has(self.addresses) ? self.addresses : []).exists(k, k.contains(\"/\")) && !((has(self.resolution) ? self.resolution : \"NONE\") in [\"STATIC\", \"NONE\"]))" =>
            !Texts(self["addresses"]).Any(address => address.Contains('/', StringComparison.Ordinal)) || Text(self, "resolution") is null or "STATIC" or "NONE",
        "((has(self.resolution) ? self.resolution : \"NONE\") == \"NONE\") ? !has(self.endpoints) : true" => Text(self, "resolution") is not (null or "NONE") || !Has(self, "endpoints"),
        "((has(self.resolution) ? self.resolution : \"\") == \"DNS_ROUND_ROBIN\") ? ((has(self.endpoints) ? self.endpoints : []).size() <= 1) : true" =>
            Text(self, "resolution") != "DNS_ROUND_ROBIN" || (self["endpoints"] as JsonArray ?? []).Count <= 1,
        "has(self.address) || has(self.network)" => Has(self, "address") || Has(self, "network"),
        "(has(self.address) ? self.address : \"\").startsWith(\"unix://\") ? !has(self.ports) : true" => !IsSocket(Text(self, "address")) || !Has(self, "ports"),
        "self.startsWith(\"unix://\") ? (self.substring(7, 8) == \"/\" || self.substring(7, 8) == \"@\") : true" or "self.startsWith(\"unix://\") ? !self.endsWith(\"/\") : true" =>
            !IsSocket(ObjectMetadata.TextOf(self)),
        "self.all(key, size(key) < 63 && key.matches(\"^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$\"))" => self.AsObject().All(entry => entry.Key.Length < 63 && PortName().IsMatch(entry.Key)),
        "0 < self && self <= 65535" => self.GetValue<int>() is > 0 and <= 65535,
        "self != \"*\"" => ObjectMetadata.TextOf(self) != "*",
        "self.all(l1, self.exists_one(l2, l1.number == l2.number))" => self.AsArray().Select(port => port?["number"]?.GetValue<int>()).Distinct().Count() == self.AsArray().Count,
        "!self.contains(\"*\")" => ObjectMetadata.TextOf(self)?.Contains('*', StringComparison.Ordinal) == false,
        "self.all(key, !key.contains(\"*\"))" => self.AsObject().All(entry => !entry.Key.Contains('*', StringComparison.Ordinal)),
        "self.all(key, key.size() != 0)" => self.AsObject().All(entry => entry.Key.Length > 0),
        "duration(self) >= duration('1ms')" => Duration().IsMatch(ObjectMetadata.TextOf(self) ?? ""),
        "(has(self.tlsCertificates) ? 1 : 0) + (has(self.credentialNames) ? 1 : 0) <= 1" or "(has(self.credentialNames) ? 1 : 0) + (has(self.tlsCertificates) ? 1 : 0) <= 1" =>
            !(Has(self, "tlsCertificates") && Has(self, "credentialNames")),
        "(has(self.credentialName) ? 1 : 0) + (has(self.credentialNames) ? 1 : 0) <= 1" => !(Has(self, "credentialName") && Has(self, "credentialNames")),
        "(has(self.workloadSelector) ? 1 : 0) + (has(self.targetRefs) ? 1 : 0) <= 1" => !(Has(self, "workloadSelector") && Has(self, "targetRefs")),
        "self.size() == 0" => ObjectMetadata.TextOf(self) == "",
        _ => false,
    };

    private static bool Has(JsonNode self, string field) => self is JsonObject obj && obj.ContainsKey(field);

    private static string? Text(JsonNode self, string field) => ObjectMetadata.TextOf(self[field]);

    private static IEnumerable<string> Texts(JsonNode? items) => (items as JsonArray ?? []).Select(ObjectMetadata.TextOf).OfType<string>();

    private static bool IsSocket(string? address) => address?.StartsWith("unix://", StringComparison.Ordinal) == true;

    [GeneratedRegex("^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex PortName();

    // Ours are whole milliseconds or more; Go knows more spellings.
    [GeneratedRegex("^[1-9][0-9]*(ms|s|m|h)$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
