using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class SecretKind(ResourceDefinition resource) : BuiltInKind(resource,
[
    Column.Name,
    Column.Of("Type", obj => obj.Text("type")),
    Column.Of("Data", obj => KeyedEntries.Count(obj, "data")),
    Column.Age,
])
{
    private const string AccountAnnotation = "kubernetes.io/service-account.name";

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; } =
        new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal) { ["type"] = obj => obj.Text("type") };

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj).Concat(KeyedEntries.Keys(obj, "data")))
            yield return error;
        if (KeyedEntries.DecodedSize(obj, "data") > KeyedEntries.SizeLimit)
            yield return FieldErrors.TooLong("data", KeyedEntries.SizeLimit);
        foreach (var error in ByType(obj))
            yield return error;
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource)
    {
        foreach (var error in base.ValidateUpdate(obj, old, subresource))
            yield return error;
        if (obj.Text("type") != old.Text("type"))
            yield return FieldErrors.Invalid("type", obj.Text("type"), "field is immutable");
        foreach (var error in KeyedEntries.Immutable(obj, old, "data"))
            yield return error;
    }

    /// <summary>stringData is write-only: it goes into data, over what stands there.</summary>
    protected override void DefaultMore(JsonObject obj)
    {
        foreach (var (key, value) in obj.Strings("stringData"))
            obj.Ensure("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        obj.Remove("stringData");
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
        base.PrepareForUpdate(obj, old, subresource, services);
        // A Secret's type never changes; leaving it out of an update keeps it.
        if (obj.Text("type").Length == 0)
            obj.CopyFrom(old, "type");
    }

    private static IEnumerable<FieldError> ByType(JsonObject obj)
    {
        var has = (string key) => obj.At("data", key) is not null;
        switch (obj.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                if (obj.Text("metadata", "annotations", AccountAnnotation).Length == 0)
                    yield return FieldErrors.Required($"metadata.annotations[{AccountAnnotation}]");
                break;
            case "kubernetes.io/dockercfg":
                foreach (var error in Json(obj, ".dockercfg"))
                    yield return error;
                break;
            case "kubernetes.io/dockerconfigjson":
                foreach (var error in Json(obj, ".dockerconfigjson"))
                    yield return error;
                break;
            case "kubernetes.io/basic-auth" when !has("username") && !has("password"):
                yield return FieldErrors.Required("data[username]");
                yield return FieldErrors.Required("data[password]");
                break;
            case "kubernetes.io/ssh-auth" when obj.Text("data", "ssh-privatekey").Length == 0:
                yield return FieldErrors.Required("data[ssh-privatekey]");
                break;
            case "kubernetes.io/tls":
                foreach (var key in new[] { "tls.crt", "tls.key" })
                    if (!has(key))
                        yield return FieldErrors.Required($"data[{key}]");
                break;
        }
    }

    private static IEnumerable<FieldError> Json(JsonObject obj, string key)
    {
        if (obj.At("data", key).AsText() is not { } encoded)
            return [FieldErrors.Required($"data[{key}]")];
        try
        {
            JsonNode.Parse(Convert.FromBase64String(encoded));
            return [];
        }
        catch (JsonException e)
        {
            return [FieldErrors.Invalid($"data[{key}]", "<secret contents redacted>", e.Message)];
        }
    }
}
