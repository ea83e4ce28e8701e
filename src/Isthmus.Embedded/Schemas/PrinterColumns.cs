using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>Columns of a custom resource's Table: its additionalPrinterColumns, or the age.</summary>
internal static class PrinterColumns
{
    public static IReadOnlyList<Column> Of(JsonObject version)
    {
        var declared = version.Objects("additionalPrinterColumns").ToArray();
        return declared.Length == 0
            ? [Column.Name, new Column(new TableColumn("Age", "date"), Column.Age.Cell)]
            : [Column.Name, .. declared.Select(Declared)];
    }

    private static Column Declared(JsonObject column)
    {
        var type = column.Text("type");
        var path = JsonPathExpression.Parse(column.Text("jsonPath"));
        var description = column.Text("description") is { Length: > 0 } text
            ? text
            : $"Custom resource definition column (in JSONPath format): {column.Text("jsonPath")}";
        var definition = new TableColumn(column.Text("name"), type, column.Text("format"), (int)(column.Number("priority") ?? 0), description);
        return new Column(definition, (obj, now) => Cell(path.Find(obj), type, now));
    }

    private static JsonNode? Cell(IReadOnlyList<JsonNode?> found, string type, DateTimeOffset now)
    {
        if (found.Count == 0 || found[0] is not { } first)
            return null;
        switch (type)
        {
            case "integer":
                return first.AsInteger();
            case "number":
                return first.GetValueKind() == JsonValueKind.Number ? first.DeepClone() : null;
            case "boolean":
                return first.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? first.DeepClone() : null;
            case "date":
                return first.AsText() is { } time ? HumanDuration.Since(time, now) : null;
            default:
                return string.Join(",", found.Select(value => value.AsText() ?? value?.ToJsonString() ?? ""));
        }
    }
}
