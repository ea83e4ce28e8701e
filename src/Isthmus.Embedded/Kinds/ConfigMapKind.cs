using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class ConfigMapKind(ResourceDefinition resource)
    : BuiltInKind(resource, [Column.Name, Column.Of("Data", obj => KeyedEntries.Count(obj, "data", "binaryData")), Column.Age])
{
    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj).Concat(KeyedEntries.Keys(obj, "data")))
            yield return error;
        foreach (var key in obj.Object("binaryData")?.Select(entry => entry.Key) ?? [])
            if (obj.At("data", key) is not null)
                yield return FieldErrors.Invalid($"data[{key}]", key, "duplicate of key present in binaryData");
        foreach (var error in KeyedEntries.Keys(obj, "binaryData"))
            yield return error;
        var size = obj.Strings("data").Values.Sum(value => (long)Encoding.UTF8.GetByteCount(value)) + KeyedEntries.DecodedSize(obj, "binaryData");
        if (size > KeyedEntries.SizeLimit)
            yield return FieldErrors.TooLong("[]", KeyedEntries.SizeLimit);
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource) =>
        base.ValidateUpdate(obj, old, subresource).Concat(KeyedEntries.Immutable(obj, old, "data", "binaryData"));
}
