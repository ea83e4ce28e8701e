using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>One version of a custom resource, ruled by its structural schema.</summary>
internal sealed class CustomResourceKind(ResourceDefinition resource, JsonObject schema, IReadOnlyList<Column> columns) : KindRules(resource)
{
    private readonly bool _hasStatus = resource.Subresources.Contains("status", StringComparer.Ordinal);

    public string? DeprecationWarning { get; init; }

    public override bool AllowUnconditionalUpdate => false;

    public override IReadOnlyList<TableColumn> Columns { get; } = [.. columns.Select(column => column.Definition)];

    public override JsonArray Cells(JsonObject obj, DateTimeOffset now) => [.. columns.Select(column => column.Cell(obj, now))];

    public override IReadOnlyList<string> Prune(JsonObject obj)
    {
        var unknown = SchemaPruner.Prune(obj, schema).Select(path => $"unknown field \"{path}\"").ToList();
        unknown.AddRange(DecodeMetadata(obj));
        return unknown;
    }

    public override void Default(JsonObject obj)
    {
        DecodeMetadata(obj);
        SchemaPruner.Prune(obj, schema);
        var metadata = obj["metadata"];
        SchemaDefaulter.Default(obj, schema);
        if (metadata is not null && obj["metadata"] is null)
            obj["metadata"] = metadata;
    }

    public override void PrepareForCreate(JsonObject obj, KindServices services)
    {
        obj.Ensure("metadata")["generation"] = 1;
        if (_hasStatus)
            obj.Remove("status");
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
        if (subresource == "status")
        {
            OnlyStatus(obj, old);
            return;
        }

        if (_hasStatus)
            obj.CopyFrom(old, "status");
        var meta = obj.Ensure("metadata");
        meta.CopyFrom(old.Object("metadata"), "generation");
        if (!JsonNode.DeepEquals(WithoutMetadata(obj), WithoutMetadata(old)))
            meta["generation"] = (meta.Number("generation") ?? 0) + 1;
    }

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        var body = (JsonObject)obj.DeepClone();
        body.Remove("metadata");
        return ObjectMetaRules.Validate(obj, Resource.Namespaced, NameRules.Subdomain)
            .Concat(SchemaValidator.Validate(body, WithoutTypeMeta))
            .Concat(ListTypes.Validate(body, schema, ""));
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource) => ObjectMetaRules.ValidateUpdate(obj, old);

    public override IEnumerable<string> Warnings(JsonObject obj) => DeprecationWarning is null ? [] : [DeprecationWarning];

    /// <summary>The schema of everything but metadata, which has rules of its own.</summary>
    private JsonObject WithoutTypeMeta { get; } = Stripped(schema);

    private static JsonObject Stripped(JsonObject schema)
    {
        var copy = (JsonObject)schema.DeepClone();
        copy.Object("properties")?.Remove("metadata");
        if (copy["required"] is JsonArray required)
            copy["required"] = new JsonArray([.. required.Where(name => name.AsText() != "metadata").Select(name => name?.DeepClone())]);
        return copy;
    }

    private static void OnlyStatus(JsonObject obj, JsonObject old)
    {
        var status = obj["status"]?.DeepClone();
        var managed = obj.At("metadata", "managedFields")?.DeepClone();
        var resourceVersion = obj.Text("metadata", "resourceVersion");
        foreach (var (name, _) in obj.ToArray())
            if (!old.ContainsKey(name))
                obj.Remove(name);
        foreach (var (name, value) in old)
            if (name is not ("apiVersion" or "kind"))
                obj[name] = value?.DeepClone();
        obj.Remove("status");
        if (status is not null)
            obj["status"] = status;
        var meta = obj.Ensure("metadata");
        if (resourceVersion.Length > 0)
            meta["resourceVersion"] = resourceVersion;
        meta.Remove("managedFields");
        if (managed is not null)
            meta["managedFields"] = managed;
    }

    private JsonObject WithoutMetadata(JsonObject obj)
    {
        var copy = (JsonObject)obj.DeepClone();
        copy.Remove("metadata");
        copy.Remove("apiVersion");
        if (_hasStatus)
            copy.Remove("status");
        return copy;
    }

    /// <summary>Metadata is typed in Go even for custom resources.</summary>
    private IEnumerable<string> DecodeMetadata(JsonObject obj)
    {
        if (obj["metadata"] is not JsonObject meta)
            return [];
        return GoDecoder.Decode(meta, "ObjectMeta", Resource.Version, Resource.Kind, applyDefaults: false)
            .Select(text => text.Replace("unknown field \"", "unknown field \"metadata.", StringComparison.Ordinal));
    }
}
