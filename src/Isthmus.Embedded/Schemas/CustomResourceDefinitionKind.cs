using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

internal sealed class CustomResourceDefinitionKind : BuiltInKind
{
    private static readonly string[] Scopes = ["Cluster", "Namespaced"];

    public CustomResourceDefinitionKind(ResourceDefinition resource)
        : base(resource, [Column.Name, Column.CreatedAt])
    {
        AnswersDeletedObject = true;
        GenerationFields = ["spec"];
    }

    public override bool AllowUnconditionalUpdate => false;

    public override void PrepareForCreate(JsonObject obj, KindServices services)
    {
        base.PrepareForCreate(obj, services);
        var storage = obj.Objects("spec", "versions").Where(version => version.Flag("storage")).Select(version => (JsonNode?)version.Text("name")).Take(1);
        obj.Ensure("status")["storedVersions"] = new JsonArray([.. storage]);
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
        base.PrepareForUpdate(obj, old, subresource, services);
        if (subresource is not null || obj["status"] is not JsonObject status)
            return;
        var stored = status.Texts("storedVersions").ToHashSet(StringComparer.Ordinal);
        foreach (var name in obj.Objects("spec", "versions").Where(version => version.Flag("storage")).Select(version => version.Text("name")).Where(stored.Add))
            (status["storedVersions"] as JsonArray)?.Add(name);
        if (!JsonNode.DeepEquals(obj.At("spec", "names"), old.At("spec", "names")))
            status["acceptedNames"] = obj.At("spec", "names")?.DeepClone();
    }

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj).Where(error => error.Field != "metadata.name" || error.Reason == "FieldValueRequired"))
            yield return error;
        var (name, group, plural) = (obj.Text("metadata", "name"), obj.Text("spec", "group"), obj.Text("spec", "names", "plural"));
        if (name.Length > 0 && name != $"{plural}.{group}")
            yield return FieldErrors.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        foreach (var error in Group(group).Concat(Scope(obj.Text("spec", "scope"))).Concat(Versions(obj)).Concat(Names(obj.Object("spec", "names") ?? [])))
            yield return error;
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource)
    {
        foreach (var error in base.ValidateUpdate(obj, old, subresource))
            yield return error;
        foreach (var path in new[] { "spec.group", "spec.scope", "spec.names.kind", "spec.names.plural" })
            if (!JsonNode.DeepEquals(obj.At(path.Split('.')), old.At(path.Split('.'))))
                yield return FieldErrors.Invalid(path, obj.At(path.Split('.'))?.DeepClone(), "field is immutable");
    }

    protected override void DefaultMore(JsonObject obj)
    {
        var spec = obj.Ensure("spec");
        var names = spec.Ensure("names");
        if (names.Text("singular").Length == 0)
            names["singular"] = names.Text("kind").ToLowerInvariant();
        if (names.Text("listKind").Length == 0 && names.Text("kind").Length > 0)
            names["listKind"] = names.Text("kind") + "List";
        spec.SetIfAbsent("conversion", new JsonObject { ["strategy"] = "None" });
    }

    private static IEnumerable<FieldError> Group(string group)
    {
        if (group.Length == 0)
            yield return FieldErrors.Required("spec.group");
        else if (NameRules.Subdomain(group).FirstOrDefault() is { } problem)
            yield return FieldErrors.Invalid("spec.group", group, problem);
        else if (group.Split('.').Length < 2)
            yield return FieldErrors.Invalid("spec.group", group, "should be a domain with at least one dot");
    }

    private static IEnumerable<FieldError> Scope(string scope)
    {
        if (scope.Length == 0)
            yield return FieldErrors.Required("spec.scope");
        else if (!Scopes.Contains(scope, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported("spec.scope", scope, Scopes);
    }

    private static IEnumerable<FieldError> Versions(JsonObject obj)
    {
        var versions = obj.Objects("spec", "versions").ToArray();
        var seen = new HashSet<string>(StringComparer.Ordinal);

        // Kubernetes hoists a schema that all versions share, and names it there.
        var shared = versions.Length > 0 && versions.All(version => JsonNode.DeepEquals(version["schema"], versions[0]["schema"]));
        for (var i = 0; i < versions.Length; i++)
        {
            var (path, name) = ($"spec.versions[{i}]", versions[i].Text("name"));
            foreach (var problem in NameRules.Label1035(name))
                yield return FieldErrors.Invalid($"{path}.name", name, problem);
            if (!seen.Add(name))
                yield return FieldErrors.InvalidRaw("spec.versions", "[]apiextensions.CustomResourceDefinitionVersion{…}", "must contain unique version names");
            if (versions[i].Object("schema", "openAPIV3Schema") is not { } schema)
                yield return FieldErrors.Required($"{path}.schema.openAPIV3Schema", "schemas are required");
            else if (!shared || i == 0)
                foreach (var error in StructuralSchemaRules.Validate(schema, shared ? "spec.validation.openAPIV3Schema" : $"{path}.schema.openAPIV3Schema"))
                    yield return error;
        }

        var storage = versions.Where(version => version.Flag("storage")).Select(version => version.Text("name")).ToArray();
        if (storage.Length != 1)
            yield return FieldErrors.InvalidRaw("spec.versions", "[]apiextensions.CustomResourceDefinitionVersion{…}", "must have exactly one version marked as storage version");
        foreach (var name in storage.Where(name => !obj.Texts("status", "storedVersions").Contains(name, StringComparer.Ordinal)))
            yield return FieldErrors.InvalidRaw("status.storedVersions", "[]string{…}", $"must have the storage version {name}");
    }

    private static IEnumerable<FieldError> Names(JsonObject names)
    {
        foreach (var field in new[] { "plural", "singular", "kind", "listKind" })
        {
            var name = names.Text(field);
            if (name.Length == 0 && field is "plural" or "kind")
                yield return FieldErrors.Required($"spec.names.{field}");
            else if (name.Length > 0)
                foreach (var problem in NameRules.Label1035(field is "kind" or "listKind" ? name.ToLowerInvariant() : name))
                    yield return FieldErrors.Invalid($"spec.names.{field}", name, field is "kind" or "listKind" ? $"may have mixed case, but should otherwise match: {problem}" : problem);
        }

        if (names.Text("kind").Length > 0 && names.Text("kind") == names.Text("listKind"))
            yield return FieldErrors.Invalid("spec.names.listKind", names.Text("listKind"), "kind and listKind may not be the same");
        foreach (var field in new[] { "shortNames", "categories" })
            foreach (var (name, i) in names.Texts(field).Select((name, i) => (name, i)))
                foreach (var problem in NameRules.Label1035(name))
                    yield return FieldErrors.Invalid($"spec.names.{field}[{i}]", name, problem);
    }
}
