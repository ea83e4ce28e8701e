using System.Text.Json.Nodes;
using Isthmus.Core.Checks;

namespace Isthmus.Cli.Checks;

/// <summary>The findings for programs.</summary>
internal static class CheckJson
{
    private const int SchemaVersion = 1;

    public static JsonObject Write(IReadOnlyCollection<CheckFinding> findings) => new()
    {
        ["schemaVersion"] = SchemaVersion,
        ["succeeded"] = Count(findings, CheckSeverity.Error) == 0,
        ["summary"] = new JsonObject
        {
            ["ok"] = Count(findings, CheckSeverity.Ok),
            ["warning"] = Count(findings, CheckSeverity.Warning),
            ["error"] = Count(findings, CheckSeverity.Error),
        },
        ["findings"] = new JsonArray([.. findings.Select(Write)]),
    };

    public static string Word(CheckSeverity severity) => severity switch
    {
        CheckSeverity.Ok => "ok",
        CheckSeverity.Warning => "warning",
        _ => "error",
    };

    private static JsonNode Write(CheckFinding finding) => new JsonObject
    {
        ["cluster"] = finding.Cluster.Value,
        ["severity"] = Word(finding.Severity),
        ["subject"] = finding.Subject,
        ["what"] = finding.What,
        ["toDo"] = finding.ToDo,
    };

    private static int Count(IEnumerable<CheckFinding> findings, CheckSeverity severity) => findings.Count(finding => finding.Severity == severity);
}
