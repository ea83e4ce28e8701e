using System.CommandLine;
using System.Text.Json;
using Isthmus.Cli.Local;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Isthmus.Cli.Mesh;

/// <summary><c>isthmus status</c>, <c>plan</c> and <c>apply</c>: one full reconciliation from here, looked at or done.</summary>
internal static class MeshCommands
{
    public static Command CreateStatus() => Create(
        "status", "Shows what is in place in the clusters of a mesh document.",
        (reconciler, token) => reconciler.PlanAsync(token), entry => entry.Outcome is RunOutcome.Unchanged or RunOutcome.Skipped);

    private static Command Create(
        string name, string description, Func<ResyncReconciler, CancellationToken, Task<RunReport>> run, Func<RunEntry, bool> which)
    {
        var mesh = CommandOptions.Mesh();
        var url = CommandOptions.HttpsAddress("--functions-url", "The https address of the functions, which webhooks call.", required: true);
        var ca = new Option<FileInfo?>("--ca-bundle") { Description = "PEM of the CA of that address, where the system's roots do not hold it." };
        var key = CommandOptions.WebhookKey(required: true);
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command(name, description) { mesh, url, ca, key, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var webhooks = new WebhookSettings
                {
                    BaseUrl = parsed.GetValue(url) ?? throw new InvalidOperationException("The parser let a missing --functions-url pass."),
                    CaBundle = parsed.GetValue(ca) is { } file ? await File.ReadAllTextAsync(file.FullName, cancellationToken) : null,
                    Keys = parsed.GetValue(key) is { } keyFile ? [await CommandOptions.ReadKeyAsync(keyFile, cancellationToken)] : [],
                };
                await using var services = Services(parsed.GetRequiredValue(mesh), webhooks);
                var report = await run(services.GetRequiredService<ResyncReconciler>(), cancellationToken);
                Print(report, which, parsed.GetValue(json), parsed.InvocationConfiguration);
                return report.Succeeded ? 0 : 1;
            }
            catch (Exception fault) when (fault is MeshDocumentException or IOException)
            {
                return CommandOptions.Fail(fault, parsed.InvocationConfiguration.Error);
            }
        });
        return command;
    }

    private static ServiceProvider Services(string mesh, WebhookSettings webhooks)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(CommandOptions.Documents(mesh));
        services.AddAzure(CommandOptions.Azure);
        services.AddSingleton<ICertificateSource, KeyVaultCertificateSource>();
        services.AddSingleton(webhooks);
        services.AddReconcilers();
        return services.BuildServiceProvider();
    }

    private static void Print(RunReport report, Func<RunEntry, bool> which, bool json, InvocationConfiguration streams)
    {
        if (json)
        {
            streams.Output.WriteLine(report.ToJson(which).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("cluster", "kind", "object", "outcome");
        foreach (var entry in report.Entries.Where(which))
        {
            var name = entry.Namespace is null ? entry.Name : $"{entry.Namespace}/{entry.Name}";
            var outcome = entry.Reason is null ? $"{entry.Outcome}" : $"{entry.Outcome}: {entry.Reason}";
            table.AddRow(Markup.Escape(entry.Cluster.Value), Markup.Escape(entry.Kind), Markup.Escape(name), Markup.Escape(outcome));
        }

        Terminal.For(streams.Output).Write(table);
        GatewayTable.Print(report, streams);
        foreach (var warning in report.Warnings)
            streams.Error.WriteLine($"warning: {RunText.Plain(warning.Reason)}");
        foreach (var failure in report.Failures)
            streams.Error.WriteLine($"{failure.Cluster?.Value ?? "mesh"}: {RunText.Plain(failure.Reason)}");
    }
}
