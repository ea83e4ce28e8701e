using System.Text.Json.Nodes;
using Isthmus.Core.Secrecy;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Run reports as JSON, for pages and the command line. They hold names and outcomes, never contents.</summary>
public static class RunReportJson
{
    /// <summary>The entries of the report that <paramref name="which"/> picks, and every failure.</summary>
    public static JsonObject ToJson(this RunReport report, Func<RunEntry, bool> which) => new()
    {
        ["succeeded"] = report.Succeeded,
        ["objects"] = new JsonArray([.. report.Entries.Where(which).Select(ToJson)]),
        ["gateways"] = new JsonArray([.. report.Gateways.Select(ToJson)]),
        ["warnings"] = new JsonArray([.. report.Warnings.Select(ToJson)]),
        ["failures"] = new JsonArray([.. report.Failures.Select(ToJson)]),
    };

    private static JsonObject ToJson(RunEntry entry)
    {
        var json = new JsonObject
        {
            ["cluster"] = entry.Cluster.Value,
            ["kind"] = entry.Kind,
            ["namespace"] = entry.Namespace,
            ["name"] = entry.Name,
            ["outcome"] = entry.Outcome.ToString(),
        };
        if (entry.Reason is { } reason)
            json["reason"] = Redaction.Text(reason);
        return json;
    }

    private static JsonObject ToJson(GatewayStatus gateway) => new()
    {
        ["cluster"] = gateway.Cluster.Value,
        ["address"] = gateway.Address,
        ["state"] = gateway.State,
        ["since"] = gateway.Since,
        ["detail"] = Redaction.Text(gateway.Detail),
    };

    internal static JsonObject ToJson(RunFailure failure) =>
        new() { ["cluster"] = failure.Cluster?.Value, ["reason"] = Redaction.Text(failure.Reason) };
}
