using System.Text;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

/// <summary>Validation of <c>metadata</c>, alike for all kinds.</summary>
internal static class ObjectMetaRules
{
    private const int AnnotationsLimit = 256 * 1024;

    private static readonly string[] StandardFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

    public static IEnumerable<FieldError> Validate(JsonObject obj, bool namespaced, Func<string, IEnumerable<string>> nameRule)
    {
        var meta = obj.Object("metadata") ?? [];
        var name = meta.Text("name");
        var generateName = meta.Text("generateName");
        if (generateName.Length > 0)
            foreach (var problem in nameRule(MaskTrailingDash(generateName)))
                yield return FieldErrors.Invalid("metadata.generateName", generateName, problem);
        if (name.Length == 0)
            yield return FieldErrors.Required("metadata.name", "name or generateName is required");
        else
            foreach (var problem in nameRule(name))
                yield return FieldErrors.Invalid("metadata.name", name, problem);
        var ns = meta.Text("namespace");
        if (namespaced && ns.Length == 0)
            yield return FieldErrors.Required("metadata.namespace");
        else if (namespaced)
            foreach (var problem in NameRules.Label(ns))
                yield return FieldErrors.Invalid("metadata.namespace", ns, problem);
        else if (ns.Length > 0)
            yield return FieldErrors.Forbidden("metadata.namespace", "not allowed on this type");
        if (meta.Number("generation") < 0)
            yield return FieldErrors.Invalid("metadata.generation", meta["generation"], "must be greater than or equal to 0");
        foreach (var error in Labels(meta.Strings("labels"), "metadata.labels")
            .Concat(Annotations(meta.Strings("annotations"), "metadata.annotations")).Concat(Owners(meta)).Concat(Finalizers(meta)))
            yield return error;
    }

    /// <summary>What an update may not change. The verb has filled in uid, creationTimestamp and the like from the old object.</summary>
    public static IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old)
    {
        var meta = obj.Object("metadata");
        var oldMeta = old.Object("metadata");
        if (meta.Number("generation") < oldMeta.Number("generation"))
            yield return FieldErrors.Invalid("metadata.generation", meta.At("generation")?.DeepClone(), "must not be decremented");
        foreach (var field in new[] { "name", "namespace", "uid" })
            if (meta.Text(field) != oldMeta.Text(field))
                yield return FieldErrors.Invalid($"metadata.{field}", meta.Text(field), "field is immutable");
        if (oldMeta.Text("deletionTimestamp").Length > 0)
        {
            var before = oldMeta.Texts("finalizers").ToHashSet(StringComparer.Ordinal);
            var added = meta.Texts("finalizers").Where(name => !before.Contains(name)).ToArray();
            if (added.Length > 0)
                yield return FieldErrors.Forbidden("metadata.finalizers",
                    $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(GoValue.Quote))}}}");
        }
    }

    public static IEnumerable<FieldError> Labels(IReadOnlyDictionary<string, string> labels, string field)
    {
        foreach (var (key, value) in labels)
        {
            foreach (var problem in NameRules.QualifiedName(key))
                yield return FieldErrors.Invalid(field, key, problem);
            foreach (var problem in NameRules.LabelValue(value))
                yield return FieldErrors.Invalid(field, value, problem);
        }
    }

    public static IEnumerable<FieldError> Annotations(IReadOnlyDictionary<string, string> annotations, string field)
    {
        foreach (var key in annotations.Keys)
            foreach (var problem in NameRules.QualifiedName(key.ToLowerInvariant()))
                yield return FieldErrors.Invalid(field, key, problem);
        if (annotations.Sum(entry => (long)Encoding.UTF8.GetByteCount(entry.Key) + Encoding.UTF8.GetByteCount(entry.Value)) > AnnotationsLimit)
            yield return FieldErrors.TooLong(field, AnnotationsLimit);
    }

    private static IEnumerable<FieldError> Owners(JsonObject meta)
    {
        foreach (var owner in meta.Objects("ownerReferences"))
        {
            var version = owner.Text("apiVersion");
            if (version.Length == 0)
                yield return FieldErrors.Invalid("metadata.ownerReferences.apiVersion", version, "version must not be empty");
            foreach (var field in new[] { "kind", "name", "uid" })
                if (owner.Text(field).Length == 0)
                    yield return FieldErrors.Invalid($"metadata.ownerReferences.{field}", "", $"{field} must not be empty");
        }

        var controllers = meta.Objects("ownerReferences").Where(owner => owner.Flag("controller")).ToArray();
        if (controllers.Length > 1)
            yield return FieldErrors.InvalidRaw("metadata.ownerReferences", "[]v1.OwnerReference{…}",
                $"Only one reference can have Controller set to true. Found \"true\" in references for {controllers[0].Text("name")} and {controllers[1].Text("name")}");
    }

    private static IEnumerable<FieldError> Finalizers(JsonObject meta)
    {
        var i = 0;
        foreach (var name in meta.Texts("finalizers"))
        {
            var field = $"metadata.finalizers[{i++}]";
            var problems = NameRules.QualifiedName(name).ToArray();
            foreach (var problem in problems)
                yield return FieldErrors.Invalid(field, name, problem);
            if (problems.Length == 0 && !name.Contains('/', StringComparison.Ordinal) && !StandardFinalizers.Contains(name, StringComparer.Ordinal))
                yield return FieldErrors.Invalid(field, name, "name is neither a standard finalizer name nor is it fully qualified");
        }
    }

    /// <summary>A prefix may end in dashes: the generated suffix follows them.</summary>
    private static string MaskTrailingDash(string name) =>
        name.Length > 1 && name[^1] == '-' ? name[..^2] + "a" : name;
}
