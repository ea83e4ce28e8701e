using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Gateways;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Checks;

/// <summary>Everything that a mesh does, from joining to leaving, with the rights of infra/clusterrole.yaml alone: a new kind or verb fails here.</summary>
public sealed class RightsRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_role_in_infra_is_enough_for_all_that_Isthmus_does()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(ServiceExportDefinition.WithIstio("v1beta1"));
        // North is served by east, so that an account for its istiod is made too; ranges are found rather than given.
        await mesh.WriteDocumentAsync(document => Served(document));
        await mesh.ExportAsync("east");
        await mesh.ExportAsync("west", "orders");
        await new EmbeddedStatefulSet(mesh, "west").ExportAsync("mysql-0", "mysql-1");
        await (await mesh.ApiAsync("west")).CreateAsync(
            ResourceKind.ServiceExport,
            new JsonObject { ["apiVersion"] = ResourceKind.ServiceExport.ApiVersion, ["kind"] = "ServiceExport", ["metadata"] = new JsonObject { ["name"] = "lost", ["namespace"] = "shop" } },
            Cancel);
        foreach (var cluster in new[] { "east", "north", "west" })
            await LimitedAccess.UseAsync(mesh, cluster);

        Assert.Equal(RunOutcome.Created, Done(await RunAsync(mesh), "ServiceEntry"));
        Assert.True((await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
        Assert.True((await mesh.Trust().RunAsync(Cancel)).Succeeded);
        await mesh.Gateways(new RecordedEvents()).RunAsync(Cancel);
        await mesh.UnexportAsync("east");
        Assert.Equal(RunOutcome.Deleted, Done(await RunAsync(mesh), "ServiceEntry"));
        await mesh.WriteDocumentAsync(document => Served(document)
            .Replace("name: north,", "name: north, state: leaving,", StringComparison.Ordinal)
            .Replace("name: west,", "name: west, state: leaving,", StringComparison.Ordinal));
        Assert.Equal(RunOutcome.Deleted, Done(await RunAsync(mesh), "MutatingWebhookConfiguration"));
    }

    private static string Served(string document) =>
        document.Replace("network: n-north", "network: n-east, controlPlane: east", StringComparison.Ordinal);

    private static async Task<RunReport> RunAsync(EmbeddedMesh mesh)
    {
        var report = await mesh.Resync(options: new ReconcilerOptions { AllowDeletes = true }).RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures.Select(failure => failure.Reason)));
        Assert.DoesNotContain(report.Entries, entry => entry.Reason?.Contains("forbidden", StringComparison.OrdinalIgnoreCase) == true);
        return report;
    }

    private static RunOutcome Done(RunReport report, string kind) =>
        report.Entries.First(entry => entry.Kind == kind && entry.Outcome is not (RunOutcome.Unchanged or RunOutcome.Skipped)).Outcome;
}
