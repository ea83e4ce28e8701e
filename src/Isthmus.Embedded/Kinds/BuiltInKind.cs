using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

/// <summary>A kind whose Go type stands in the tables. Subclasses add what the table cannot say.</summary>
internal class BuiltInKind(ResourceDefinition resource, IReadOnlyList<Column> columns) : KindRules(resource)
{
    public override IReadOnlyList<TableColumn> Columns { get; } = [.. columns.Select(column => column.Definition)];

    /// <summary>Whether DELETE answers the object; Kubernetes decides it kind by kind.</summary>
    public bool AnswersDeletedObject { get; init; }

    public bool CreatesOnUpdate { get; init; }

    public Func<string, IEnumerable<string>> NameRule { get; init; } = NameRules.Subdomain;

    /// <summary>The part whose change raises <c>metadata.generation</c>; null for kinds without generations.</summary>
    public IReadOnlyList<string>? GenerationFields { get; init; }

    public override bool DeleteAnswersObject => AnswersDeletedObject;

    public override bool AllowCreateOnUpdate => CreatesOnUpdate;

    public override JsonArray Cells(JsonObject obj, DateTimeOffset now) => [.. columns.Select(column => column.Cell(obj, now))];

    public override IReadOnlyList<string> Prune(JsonObject obj) => Decode(obj, false);

    public override void Default(JsonObject obj)
    {
        Decode(obj, true);
        DefaultMore(obj);
    }

    public override void PrepareForCreate(JsonObject obj, KindServices services)
    {
        if (GenerationFields is not null)
            obj.Ensure("metadata")["generation"] = 1;
        if (HasStatus)
            Reset(obj, "status");
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
        if (subresource == "status")
            obj.CopyFrom(old, "spec");
        else if (HasStatus)
            obj.CopyFrom(old, "status");
        CarryGeneration(obj, old);
    }

    public override IEnumerable<FieldError> Validate(JsonObject obj) => ObjectMetaRules.Validate(obj, Resource.Namespaced, NameRule);

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource) => ObjectMetaRules.ValidateUpdate(obj, old);

    /// <summary>Defaults that depend on other fields, once the table's are set.</summary>
    protected virtual void DefaultMore(JsonObject obj)
    {
    }

    protected bool HasStatus => Resource.Subresources.Contains("status", StringComparer.Ordinal);

    /// <summary>Empties a struct to what Go writes for its zero value.</summary>
    protected void Reset(JsonObject obj, string field)
    {
        obj.Remove(field);
        Decode(obj, false);
    }

    private IReadOnlyList<string> Decode(JsonObject obj, bool applyDefaults) =>
        GoDecoder.Decode(obj, Resource.Kind, Resource.ApiVersion, Resource.Kind, applyDefaults);

    private void CarryGeneration(JsonObject obj, JsonObject old)
    {
        var meta = obj.Ensure("metadata");
        meta.CopyFrom(old.Object("metadata"), "generation");
        if (GenerationFields is null || GenerationFields.All(field => JsonNode.DeepEquals(obj.At(field.Split('.')), old.At(field.Split('.')))))
            return;
        meta["generation"] = (meta.Number("generation") ?? 0) + 1;
    }
}

/// <summary>A column of a Table and how its cell is read.</summary>
internal sealed record Column(TableColumn Definition, Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    public static Column Name { get; } = new(new TableColumn("Name", Format: "name"), (obj, _) => obj.Text("metadata", "name"));

    public static Column Age { get; } = new(new TableColumn("Age"), (obj, now) => HumanDuration.Since(obj.Text("metadata", "creationTimestamp"), now));

    public static Column CreatedAt { get; } = new(new TableColumn("Created At", "date"), (obj, _) => obj.Text("metadata", "creationTimestamp"));

    public static Column Of(string name, Func<JsonObject, JsonNode?> cell, string type = "string") =>
        new(new TableColumn(name, type), (obj, _) => cell(obj));

    /// <summary>A column that only <c>-o wide</c> shows.</summary>
    public static Column Wide(string name, Func<JsonObject, JsonNode?> cell, string type = "string") =>
        new(new TableColumn(name, type, Priority: 1), (obj, _) => cell(obj));
}
