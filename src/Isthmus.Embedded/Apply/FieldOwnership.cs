using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Apply;

/// <summary>
/// Field ownership by Kubernetes' rules: an update owns what it changes, an apply what it names; what an applier no
/// longer names and nobody else owns goes; what others own and would change is a conflict unless forced.
/// </summary>
internal static class FieldOwnership
{
    private const string ManagedFieldsKey = "managedFields";

    /// <summary>What nobody can own: identity, and what the server sets.</summary>
    private static readonly FieldSet Unowned = Set(
        "f:apiVersion", "f:kind", "f:metadata/f:name", "f:metadata/f:namespace", "f:metadata/f:creationTimestamp", "f:metadata/f:selfLink",
        "f:metadata/f:uid", "f:metadata/f:clusterName", "f:metadata/f:generation", "f:metadata/f:managedFields", "f:metadata/f:resourceVersion",
        "f:metadata/f:deletionTimestamp", "f:metadata/f:deletionGracePeriodSeconds");

    /// <summary>Notes the owner of what a create or update changes, in <paramref name="next"/>.</summary>
    public static void TrackUpdate(ServedKind kind, JsonObject? live, JsonObject next, string manager, string? subresource, DateTimeOffset now)
    {
        var managed = Start(live, next);
        var type = TypeOf(kind);
        var comparison = FieldComparison.Of(type, live ?? Empty(kind), next);
        var owner = new FieldOwner(manager, false, kind.Resource.ApiVersion, subresource ?? "");
        // What this writer cannot change (status, or all but status) is put back later, and stays whose it is.
        var changed = Ownable(kind, comparison.Modified.Union(comparison.Added), subresource);
        var removed = Ownable(kind, comparison.Removed, subresource);
        foreach (var other in managed.Owners.Where(o => o != owner).ToList())
        {
            managed.Take(other, changed.Union(removed));
        }
        var owned = (managed.Fields(owner) ?? new FieldSet()).Union(changed).Except(removed);
        managed.Set(owner, Ownable(kind, owned, subresource), ObjectMetadata.Timestamp(now));
        managed.WriteTo(next);
    }

    /// <summary>The live object (null: none) with the configuration applied, its owners noted.</summary>
    public static JsonObject Apply(ServedKind kind, JsonObject? live, JsonObject applied, string manager, bool force, string? subresource, DateTimeOffset now)
    {
        var type = TypeOf(kind);
        CheckDeclared(kind, applied);
        var before = live ?? new JsonObject { ["apiVersion"] = kind.Resource.ApiVersion, ["kind"] = kind.Resource.Kind };
        var managed = Start(live, before);
        if (live is not null && managed.Owners.Count == 0)
        {
            TrackUnmanaged(kind, live, managed, now);
        }
        JsonObject merged;
        try
        {
            merged = FieldMerge.Merge(type, before, applied) as JsonObject ?? [];
        }
        catch (DuplicateElementException e)
        {
            throw Untyped(kind, applied, e.Message);
        }
        var owner = new FieldOwner(manager, true, kind.Resource.ApiVersion, subresource ?? "");
        var last = managed.Fields(owner);
        var named = FieldComparison.Named(type, applied);
        managed.Set(owner, Ownable(kind, named, subresource), ObjectMetadata.Timestamp(now));
        if (last is not null)
        {
            // What is named without being owned (metadata.name) holds on to its struct.
            FieldMerge.Prune(type, merged, last, managed.All().Union(named));
        }
        Settle(kind, FieldComparison.Of(type, before, merged), managed, owner, force);
        managed.WriteTo(merged);
        return merged;
    }

    /// <summary>Whether nothing was written but times of ownership.</summary>
    public static bool SameButForTimes(JsonObject current, JsonObject next) =>
        JsonNode.DeepEquals(WithoutTimes(current), WithoutTimes(next));

    private static void Settle(ServedKind kind, FieldComparison comparison, ManagedFields managed, FieldOwner owner, bool force)
    {
        var changed = Ownable(kind, comparison.Modified.Union(comparison.Added), owner.Subresource);
        var removed = Ownable(kind, comparison.Removed, owner.Subresource);
        var others = managed.Owners.Where(o => o != owner).ToList();
        var conflicts = others.Select(o => (Owner: o, Fields: (managed.Fields(o) ?? new FieldSet()).Intersect(changed))).Where(c => !c.Fields.IsEmpty).ToList();
        if (conflicts.Count > 0 && !force)
        {
            throw Conflict(conflicts);
        }
        foreach (var other in others)
        {
            managed.Take(other, changed.Union(removed));
        }
    }

    private static ApiStatusException Conflict(List<(FieldOwner Owner, FieldSet Fields)> conflicts)
    {
        var lines = conflicts.Select(c => (Who: Describe(c.Owner), Paths: c.Fields.Paths().Select(FieldElements.Text).Order(StringComparer.Ordinal).ToList()))
            .OrderBy(c => c.Who, StringComparer.Ordinal).ToList();
        var count = lines.Sum(l => l.Paths.Count);
        var text = count == 1
            ? $"conflict with {lines[0].Who}: {lines[0].Paths[0]}"
            : string.Join("\n", lines.Select(l => $"conflicts with {l.Who}:\n{string.Join("\n", l.Paths.Select(p => $"- {p}"))}"));
        var causes = lines.SelectMany(l => l.Paths.Select(p => new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"conflict with {l.Who}",
            ["field"] = p,
        }));
        return new ApiStatusException(409, "Conflict", $"Apply failed with {count} conflict{(count == 1 ? "" : "s")}: {text}", new JsonObject { ["causes"] = new JsonArray([.. causes]) });
    }

    private static string Describe(FieldOwner owner) =>
        $"\"{owner.Manager}\"{(owner.Subresource.Length > 0 ? $" with subresource \"{owner.Subresource}\"" : "")}{(owner.Applies ? "" : $" using {owner.ApiVersion}")}";

    /// <summary>
    /// The owners so far. A client may clear them by sending an empty list or one empty entry; what else it sends is taken
    /// for what it read.
    /// </summary>
    private static ManagedFields Start(JsonObject? live, JsonObject next)
    {
        var sent = next.Metadata()[ManagedFieldsKey] as JsonArray;
        var cleared = sent is { Count: 0 } || (sent is { Count: 1 } && sent[0] is JsonObject { Count: 0 });
        if (live is null || cleared)
        {
            return new ManagedFields();
        }
        return ManagedFields.Of(sent is null ? live : next);
    }

    /// <summary>An object from before its first apply without owners: its fields belong to a manager of that name.</summary>
    private static void TrackUnmanaged(ServedKind kind, JsonObject live, ManagedFields managed, DateTimeOffset now)
    {
        var comparison = FieldComparison.Of(TypeOf(kind), Empty(kind), live);
        managed.Set(new FieldOwner("before-first-apply", false, kind.Resource.ApiVersion, ""),
            Ownable(kind, comparison.Added.Union(comparison.Modified), null), ObjectMetadata.Timestamp(now));
    }

    private static FieldSet Ownable(ServedKind kind, FieldSet fields, string? subresource)
    {
        var owned = fields.WithoutTree(Unowned);
        if (owned.Below("f:metadata") is { IsMember: true })
        {
            owned = owned.Except(Set("f:metadata"));
        }
        if (!kind.Resource.Subresources.Contains("status", StringComparer.Ordinal))
        {
            return owned;
        }
        // Each of the two writers is deaf to the other's half.
        return owned.WithoutTree(subresource == "status" ? (kind.Custom ? Set("f:spec", "f:metadata") : Set("f:spec")) : Set("f:status"));
    }

    /// <summary>Apply knows no fieldValidation: what the schema does not have is an error.</summary>
    private static void CheckDeclared(ServedKind kind, JsonObject applied)
    {
        const string unknown = "unknown field \"";
        foreach (var problem in kind.Rules.Prune(applied.Copy()))
        {
            if (problem.StartsWith(unknown, StringComparison.Ordinal))
            {
                throw Untyped(kind, applied, $".{problem[unknown.Length..^1]}: field not declared in schema");
            }
        }
    }

    private static ApiStatusException Untyped(ServedKind kind, JsonObject applied, string why) => ApiErrors.Internal(
        $"failed to create typed patch object ({applied.Namespace()}/{applied.Name()}; {kind.Resource.Group}/{kind.Resource.Version}, Kind={kind.Resource.Kind}): {why}");

    private static FieldType TypeOf(ServedKind kind) => kind.Definition is { } definition
        ? SchemaFieldType.Of(definition, kind.Resource.Version)
        : new BuiltInFieldType(kind.Resource.Kind);

    /// <summary>What an object is before its first field is set; built-in kinds have some fields even then.</summary>
    private static JsonObject Empty(ServedKind kind)
    {
        var empty = new JsonObject { ["apiVersion"] = kind.Resource.ApiVersion, ["kind"] = kind.Resource.Kind };
        if (!kind.Custom)
        {
            kind.Rules.Prune(empty);
        }
        empty.Metadata();
        return empty;
    }

    private static JsonObject WithoutTimes(JsonObject obj)
    {
        var copy = obj.Copy();
        foreach (var entry in copy["metadata"]?[ManagedFieldsKey] is JsonArray list ? list.OfType<JsonObject>() : [])
        {
            entry.Remove("time");
        }
        return copy;
    }

    private static FieldSet Set(params string[] paths)
    {
        var set = new FieldSet();
        foreach (var path in paths)
        {
            set.Insert(path.Split('/'));
        }
        return set;
    }
}
