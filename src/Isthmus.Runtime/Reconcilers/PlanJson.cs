using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Isthmus.Core.Planning;
using Isthmus.Core.Secrecy;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>
/// A dry run's report as JSON, for the page and the command line: what would be created, changed and deleted, with the objects
/// before and after, and what is left alone and why. Secrets are hashed. docs/cli.md describes the fields.
/// </summary>
public static class PlanJson
{
    /// <summary>Counts up when a field changes its meaning or goes; new fields may come at any time.</summary>
    private const int SchemaVersion = 1;

    public static JsonObject ToPlanJson(this RunReport report)
    {
        var view = new ObjectView(RandomNumberGenerator.GetBytes(32));
        var summary = PlanSummary.Of(report.Plan.Actions);
        return new JsonObject
        {
            ["schemaVersion"] = SchemaVersion,
            ["succeeded"] = report.Succeeded,
            ["summary"] = new JsonObject
            {
                ["create"] = summary.Create,
                ["change"] = summary.Change,
                ["delete"] = summary.Delete,
                ["skip"] = summary.Skip,
                ["unchanged"] = summary.Unchanged,
            },
            ["actions"] = new JsonArray([.. report.Plan.Actions.Where(action => action is not PlannedAction.Unchanged).Select(action => Action(action, view))]),
            ["warnings"] = new JsonArray([.. report.Warnings.Select(RunReportJson.ToJson)]),
            ["failures"] = new JsonArray([.. report.Failures.Select(RunReportJson.ToJson)]),
        };
    }

    private static JsonObject Action(PlannedAction action, ObjectView view)
    {
        var (word, reason, before, after) = action switch
        {
            PlannedAction.Create create => ("create", null, null, create.Content),
            PlannedAction.Replace replace => ("change", null, replace.Live, replace.Content),
            PlannedAction.Delete delete => ("delete", null, delete.Live, null),
            PlannedAction.Skipped skipped => ("skip", skipped.Reason, (JsonObject?)null, (JsonObject?)null),
            _ => throw new UnreachableException(),
        };
        return new JsonObject
        {
            ["cluster"] = action.Id.Cluster.Value,
            ["apiVersion"] = action.Id.Kind.ApiVersion,
            ["kind"] = action.Id.Kind.Kind,
            ["namespace"] = action.Id.Namespace,
            ["name"] = action.Id.Name,
            ["action"] = word,
            ["reason"] = reason is null ? null : Redaction.Text(reason),
            ["before"] = before is null ? null : view.Of(before),
            ["after"] = after is null ? null : view.Of(after),
        };
    }
}
