using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Http;

/// <summary>Objects and lists as the client asked to see them: whole, as a Table, or as metadata only.</summary>
internal static class Presentation
{
    private const string MetaVersion = "meta.k8s.io/";

    public static JsonObject Show(JsonObject answer, ServedKind kind, OutputFormat format, string includeObject, DateTimeOffset now)
    {
        if (format.As.Length == 0 || answer.Text("kind") == "Status")
        {
            return answer;
        }
        var items = answer["items"] as JsonArray;
        if (format.IsPartial)
        {
            return items is null ? PartialMetadata(answer, format.AsVersion) : new JsonObject
            {
                ["kind"] = OutputFormat.PartialList,
                ["apiVersion"] = MetaVersion + format.AsVersion,
                ["metadata"] = ListMetadata(answer),
                ["items"] = new JsonArray([.. items.OfType<JsonObject>().Select(i => PartialMetadata(format.AsVersion, Taken(i)))]),
            };
        }
        var metadata = items is null ? new JsonObject { ["resourceVersion"] = answer.ResourceVersion() } : ListMetadata(answer);
        return Table(items?.OfType<JsonObject>() ?? [answer], metadata, kind, format, includeObject, now, withColumns: true);
    }

    /// <summary>The object of a watch event. Only a watch's first Table names the columns.</summary>
    public static JsonObject ShowEvent(WatchEvent happened, ServedKind kind, OutputFormat format, string includeObject, DateTimeOffset now, bool first)
    {
        if (format.As.Length == 0 || happened.Type == "ERROR")
        {
            return happened.Object;
        }
        if (format.IsPartial)
        {
            return PartialMetadata(happened.Object, format.AsVersion);
        }
        var metadata = new JsonObject { ["resourceVersion"] = happened.Object.ResourceVersion() };
        return Table(happened.Type == "BOOKMARK" ? [] : [happened.Object], metadata, kind, format, includeObject, now, first);
    }

    private static JsonObject Table(
        IEnumerable<JsonObject> objects, JsonObject metadata, ServedKind kind, OutputFormat format, string includeObject, DateTimeOffset now, bool withColumns) => new()
        {
            ["kind"] = OutputFormat.Table,
            ["apiVersion"] = MetaVersion + format.AsVersion,
            ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? new JsonArray([.. kind.Rules.Columns.Select(Column)]) : null,
            ["rows"] = new JsonArray([.. objects.Select(o => new JsonObject
            {
                ["cells"] = kind.Rules.Cells(o, now),
                ["object"] = includeObject switch
                {
                    "None" => null,
                    "Object" => Whole(o, kind),
                    _ => PartialMetadata(o, format.AsVersion),
                },
            })]),
        };

    private static JsonObject Column(TableColumn column) => new()
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["format"] = column.Format,
        ["description"] = column.Description,
        ["priority"] = column.Priority,
    };

    private static JsonObject Whole(JsonObject obj, ServedKind kind)
    {
        var whole = new JsonObject { ["kind"] = kind.Resource.Kind, ["apiVersion"] = kind.Resource.ApiVersion };
        foreach (var (key, value) in obj)
        {
            whole[key] = value?.DeepClone();
        }
        return whole;
    }

    private static JsonObject PartialMetadata(JsonObject obj, string version) => PartialMetadata(version, (obj["metadata"] as JsonObject)?.Copy());

    private static JsonObject PartialMetadata(string version, JsonNode? metadata) => new()
    {
        ["kind"] = OutputFormat.Partial,
        ["apiVersion"] = MetaVersion + version,
        ["metadata"] = metadata ?? new JsonObject(),
    };

    // The items of a list are copies already.
    private static JsonNode? Taken(JsonObject item)
    {
        var metadata = item["metadata"];
        item.Remove("metadata");
        return metadata;
    }

    private static JsonObject ListMetadata(JsonObject list)
    {
        var metadata = (list["metadata"] as JsonObject)?.Copy() ?? [];
        if (metadata.Text("continue").Length == 0)
        {
            metadata.Remove("continue");
        }
        return metadata;
    }
}
