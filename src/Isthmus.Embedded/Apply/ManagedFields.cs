using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Apply;

/// <summary>Who owns fields: a name, how it writes, in which version and through which subresource.</summary>
internal sealed record FieldOwner(string Manager, bool Applies, string ApiVersion, string Subresource)
{
    public string Operation => Applies ? "Apply" : "Update";
}

/// <summary>The entries of <c>metadata.managedFields</c>.</summary>
internal sealed class ManagedFields
{
    private readonly Dictionary<FieldOwner, (FieldSet Fields, string Time)> _entries = [];

    public IReadOnlyCollection<FieldOwner> Owners => _entries.Keys;

    public static ManagedFields Of(JsonObject obj)
    {
        var managed = new ManagedFields();
        foreach (var entry in obj["metadata"]?["managedFields"] is JsonArray list ? list.OfType<JsonObject>() : [])
        {
            var owner = new FieldOwner(entry.Text("manager"), entry.Text("operation") == "Apply", entry.Text("apiVersion"), entry.Text("subresource"));
            managed._entries[owner] = (FieldSet.Parse(entry["fieldsV1"] as JsonObject), entry.Text("time"));
        }
        return managed;
    }

    public FieldSet? Fields(FieldOwner owner) => _entries.TryGetValue(owner, out var entry) ? entry.Fields : null;

    /// <summary>Sets what somebody owns. The time moves only where the fields do; nobody is listed for nothing.</summary>
    public void Set(FieldOwner owner, FieldSet fields, string now)
    {
        if (fields.IsEmpty)
        {
            _entries.Remove(owner);
            return;
        }
        var same = _entries.TryGetValue(owner, out var entry) && JsonNode.DeepEquals(entry.Fields.ToJson(), fields.ToJson());
        _entries[owner] = (fields, same ? entry.Time : now);
    }

    /// <summary>Takes fields from somebody without that counting as a write of theirs.</summary>
    public void Take(FieldOwner owner, FieldSet fields)
    {
        var (owned, time) = _entries[owner];
        Set(owner, owned.Except(fields), time);
    }

    public FieldSet All() => _entries.Values.Aggregate(new FieldSet(), (all, entry) => all.Union(entry.Fields));

    public void WriteTo(JsonObject obj)
    {
        var metadata = obj.Metadata();
        if (_entries.Count == 0)
        {
            metadata.Remove("managedFields");
            return;
        }
        var ordered = _entries.OrderBy(e => e.Key.Operation, StringComparer.Ordinal)
            .ThenBy(e => e.Value.Time, StringComparer.Ordinal).ThenBy(e => e.Key.Manager, StringComparer.Ordinal);
        metadata["managedFields"] = new JsonArray([.. ordered.Select(e => Entry(e.Key, e.Value.Fields, e.Value.Time))]);
    }

    private static JsonObject Entry(FieldOwner owner, FieldSet fields, string time)
    {
        var entry = new JsonObject
        {
            ["manager"] = owner.Manager,
            ["operation"] = owner.Operation,
            ["apiVersion"] = owner.ApiVersion,
            ["time"] = time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields.ToJson(),
        };
        if (owner.Subresource.Length > 0)
        {
            entry["subresource"] = owner.Subresource;
        }
        return entry;
    }
}
