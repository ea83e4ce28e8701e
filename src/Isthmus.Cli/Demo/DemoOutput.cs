using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Isthmus.Cli.Demo;

/// <summary>Where the demo tells its story.</summary>
internal interface IDemoOutput
{
    void Step(DemoStepResult result);

    /// <summary>The story is over; <paramref name="staying"/> is what stays up, if anything does.</summary>
    void End(IReadOnlyList<DemoStepResult> results, DemoStepResult? failed, long milliseconds, DemoEnvironment? staying);
}

/// <summary>For people.</summary>
internal sealed class TextDemoOutput(IAnsiConsole console) : IDemoOutput
{
    public void Step(DemoStepResult result)
    {
        var mark = result.Ok ? "[green]ok[/]    " : "[red]failed[/]";
        console.MarkupLine($"{mark} [bold]{Markup.Escape(result.Name)}[/] {Markup.Escape(result.Title)} [grey]({result.Milliseconds} ms)[/]");
        foreach (var line in result.Observed)
            console.MarkupLine($"         [grey]{Markup.Escape(line)}[/]");
    }

    public void End(IReadOnlyList<DemoStepResult> results, DemoStepResult? failed, long milliseconds, DemoEnvironment? staying)
    {
        console.MarkupLine(failed is null
            ? $"[green]All {results.Count} steps held[/] [grey]({milliseconds} ms)[/]"
            : $"[red]Step {Markup.Escape(failed.Name)} did not hold:[/] {Markup.Escape(string.Join("; ", failed.Observed))}");
        if (staying is not null)
            Where(staying);
    }

    private void Where(DemoEnvironment environment)
    {
        console.WriteLine();
        var table = new Table().Border(TableBorder.Rounded).AddColumns("what", "where");
        foreach (var cluster in environment.Clusters)
            table.AddRow(Markup.Escape($"cluster {cluster.Name}"), Markup.Escape($"{cluster.Server.Url}  kubectl --kubeconfig {cluster.Kubeconfig}"));
        table.AddRow("functions", Markup.Escape($"{environment.Functions.Url}  x-functions-key: in {environment.FunctionsKey}"));
        table.AddRow("mesh document", Markup.Escape(environment.MeshDocument));
        table.AddRow("vault", Markup.Escape($"{environment.Vault.LoopbackUrl}"));
        table.AddRow("event grid", Markup.Escape($"{environment.Events.TopicEndpoint}"));
        console.Write(table);
        console.MarkupLine("Everything stays up until Ctrl-C.");
    }
}

/// <summary>For programs: one JSON document, at the end.</summary>
internal sealed class JsonDemoOutput(TextWriter writer) : IDemoOutput
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public void Step(DemoStepResult result)
    {
        // Told at the end, with all others.
    }

    public void End(IReadOnlyList<DemoStepResult> results, DemoStepResult? failed, long milliseconds, DemoEnvironment? staying)
    {
        var document = new JsonObject
        {
            ["succeeded"] = failed is null,
            ["failed"] = failed?.Name,
            ["milliseconds"] = milliseconds,
            ["steps"] = new JsonArray([.. results.Select(Json)]),
        };
        if (staying is not null)
            document["running"] = Where(staying);
        writer.WriteLine(document.ToJsonString(Indented));
    }

    private static JsonObject Where(DemoEnvironment environment) => new()
    {
        ["clusters"] = new JsonArray([.. environment.Clusters.Select(cluster => new JsonObject
        {
            ["name"] = cluster.Name.Value,
            ["url"] = cluster.Server.Url.ToString(),
            ["kubeconfig"] = cluster.Kubeconfig,
        })]),
        ["functions"] = environment.Functions.Url.ToString(),
        ["functionsKey"] = environment.FunctionsKey,
        ["meshDocument"] = environment.MeshDocument,
    };

    private static JsonObject Json(DemoStepResult result) => new()
    {
        ["name"] = result.Name,
        ["ok"] = result.Ok,
        ["observed"] = new JsonArray([.. result.Observed.Select(line => (JsonNode)line)]),
        ["milliseconds"] = result.Milliseconds,
    };
}
