using System.Globalization;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

/// <summary>What <c>kubectl get pods</c> shows of a pod.</summary>
internal static class PodTable
{
    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Name,
        Column.Of("Ready", obj => string.Create(CultureInfo.InvariantCulture,
            $"{Statuses(obj).Count(status => status.Flag("ready") && status.At("state", "running") is not null)}/{obj.Items("spec", "containers").Count()}")),
        Column.Of("Status", obj => Status(obj)),
        new Column(new TableColumn("Restarts"), Restarts),
        Column.Age,
        Column.Wide("IP", obj => OrNone(obj.Objects("status", "podIPs").FirstOrDefault().Text("ip") is { Length: > 0 } ip ? ip : obj.Text("status", "podIP"))),
        Column.Wide("Node", obj => OrNone(obj.Text("spec", "nodeName"))),
        Column.Wide("Nominated Node", obj => OrNone(obj.Text("status", "nominatedNodeName"))),
        Column.Wide("Readiness Gates", ReadinessGates),
    ];

    private static IEnumerable<JsonObject> Statuses(JsonObject obj) => obj.Objects("status", "containerStatuses");

    private static string Status(JsonObject obj)
    {
        var reason = obj.Text("status", "reason") is { Length: > 0 } given ? given : obj.Text("status", "phase");
        if (Initializing(obj) is { } initializing)
            reason = initializing;
        else
        {
            var running = false;
            foreach (var status in Statuses(obj).Reverse())
                if (Stopped(status.Object("state")) is { } stopped)
                    reason = stopped;
                else
                    running |= status.Flag("ready") && status.At("state", "running") is not null;
            if (reason == "Completed" && running)
                reason = obj.Objects("status", "conditions").Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True") ? "Running" : "NotReady";
        }

        if (obj.Text("metadata", "deletionTimestamp").Length == 0)
            return reason;
        return obj.Text("status", "reason") == "NodeLost" ? "Unknown" : "Terminating";
    }

    /// <summary><c>Init:1/2</c> and the like while init containers run; sidecars (restartPolicy Always) count once started.</summary>
    private static string? Initializing(JsonObject obj)
    {
        var specs = obj.Objects("spec", "initContainers").ToDictionary(container => container.Text("name"), StringComparer.Ordinal);
        foreach (var (status, i) in obj.Objects("status", "initContainerStatuses").Select((status, i) => (status, i)))
        {
            var terminated = status.Object("state", "terminated");
            if (terminated is not null && (terminated.Number("exitCode") ?? 0) == 0)
                continue;
            if (specs.GetValueOrDefault(status.Text("name")).Text("restartPolicy") == "Always" && status.Flag("started"))
                continue;
            if (terminated is not null)
                return $"Init:{Stopped(status.Object("state"))}";
            var waiting = status.Text("state", "waiting", "reason");
            return waiting.Length > 0 && waiting != "PodInitializing"
                ? $"Init:{waiting}"
                : string.Create(CultureInfo.InvariantCulture, $"Init:{i}/{specs.Count}");
        }

        return null;
    }

    private static string? Stopped(JsonObject? state)
    {
        if (state.Text("waiting", "reason") is { Length: > 0 } waiting)
            return waiting;
        if (state.Object("terminated") is not { } terminated)
            return null;
        if (terminated.Text("reason") is { Length: > 0 } reason)
            return reason;
        var signal = terminated.Number("signal") ?? 0;
        return signal != 0
            ? string.Create(CultureInfo.InvariantCulture, $"Signal:{signal}")
            : string.Create(CultureInfo.InvariantCulture, $"ExitCode:{terminated.Number("exitCode") ?? 0}");
    }

    private static JsonNode Restarts(JsonObject obj, DateTimeOffset now)
    {
        var source = Initializing(obj) is null ? Statuses(obj) : obj.Objects("status", "initContainerStatuses");
        var count = 0L;
        var last = "";
        foreach (var status in source)
        {
            count += status.Number("restartCount") ?? 0;
            if (status.Text("lastState", "terminated", "finishedAt") is { Length: > 0 } finished && string.CompareOrdinal(finished, last) > 0)
                last = finished;
        }

        var text = count.ToString(CultureInfo.InvariantCulture);
        return count > 0 && last.Length > 0 ? $"{text} ({HumanDuration.Since(last, now)} ago)" : text;
    }

    private static JsonNode ReadinessGates(JsonObject obj)
    {
        var gates = obj.Objects("spec", "readinessGates").Select(gate => gate.Text("conditionType")).ToArray();
        if (gates.Length == 0)
            return "<none>";
        var passed = gates.Count(gate => obj.Objects("status", "conditions").Any(condition => condition.Text("type") == gate && condition.Text("status") == "True"));
        return string.Create(CultureInfo.InvariantCulture, $"{passed}/{gates.Length}");
    }

    private static JsonNode OrNone(string text) => text.Length == 0 ? "<none>" : text;
}
