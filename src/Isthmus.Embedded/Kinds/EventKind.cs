using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class EventKind : BuiltInKind
{
    private static readonly string[] InvolvedFields = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];

    public EventKind(ResourceDefinition resource)
        : base(resource,
        [
            new Column(new TableColumn("Last Seen"), (obj, now) => HumanDuration.Since(LastSeen(obj), now)),
            Column.Of("Type", obj => obj.Text("type")),
            Column.Of("Reason", obj => obj.Text("reason")),
            Column.Of("Object", obj => $"{obj.Text("involvedObject", "kind").ToLowerInvariant()}/{obj.Text("involvedObject", "name")}"),
            Column.Wide("Subobject", obj => obj.Text("involvedObject", "fieldPath")),
            Column.Wide("Source", Source),
            Column.Of("Message", obj => obj.Text("message").Trim()),
            new Column(new TableColumn("First Seen", Priority: 1), (obj, now) => HumanDuration.Since(FirstSeen(obj), now)),
            Column.Wide("Count", obj => obj.Number("series", "count") ?? obj.Number("count") ?? 1),
            Column.Wide("Name", obj => obj.Text("metadata", "name")),
        ]) => CreatesOnUpdate = true;

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; } = Selectable();

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj))
            yield return error;
        var involved = obj.Text("involvedObject", "namespace");
        var ns = obj.Text("metadata", "namespace");
        if (involved != ns && !(involved.Length == 0 && ns == "default"))
            yield return FieldErrors.Invalid("involvedObject.namespace", involved, "does not match event.namespace");
    }

    private static Dictionary<string, Func<JsonObject, string>> Selectable()
    {
        var fields = new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal)
        {
            ["reason"] = obj => obj.Text("reason"),
            ["reportingComponent"] = obj => obj.Text("reportingComponent"),
            ["source"] = obj => obj.Text("source", "component") is { Length: > 0 } component ? component : obj.Text("reportingComponent"),
            ["type"] = obj => obj.Text("type"),
        };
        foreach (var field in InvolvedFields)
            fields[$"involvedObject.{field}"] = obj => obj.Text("involvedObject", field);
        return fields;
    }

    private static string FirstSeen(JsonObject obj) => First(obj.Text("firstTimestamp"), obj.Text("eventTime"));

    private static string LastSeen(JsonObject obj) =>
        First(obj.Text("series", "lastObservedTime"), obj.Text("lastTimestamp"), FirstSeen(obj));

    private static string First(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
            if (text.Length > 0)
                return text;
        return "";
    }

    private static JsonNode Source(JsonObject obj)
    {
        var component = First(obj.Text("source", "component"), obj.Text("reportingComponent"));
        var host = First(obj.Text("source", "host"), obj.Text("reportingInstance"));
        return host.Length == 0 ? component : $"{component}, {host}";
    }
}
