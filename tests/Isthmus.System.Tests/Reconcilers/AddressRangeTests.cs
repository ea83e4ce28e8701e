using System.Text.Json.Nodes;
using Isthmus.Cli.Checks;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Cli;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>Virtual addresses against what a cluster's own pods have, by its nodes.</summary>
public sealed class AddressRangeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_overlap_with_a_clusters_own_pods_fails_a_full_run_until_the_range_is_narrowed()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        var node = JsonNode.Parse("""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},"spec":{"podCIDR":"240.5.0.0/24","podCIDRs":["240.5.0.0/24"]}}""") as JsonObject ?? [];
        await (await mesh.ApiAsync("west")).CreateAsync(ResourceKind.Node, node, Cancel);
        await mesh.ExportAsync("west");

        var report = await mesh.Resync().RunAsync(Cancel);
        Assert.Equal(
            "cluster west: the range 240.5.0.0/24 of its pods overlaps the mesh's addressRange 240.0.0.0/4: narrow addressRange in the mesh document",
            Assert.Single(report.Failures).Reason);
        var check = await CliRun.InvokeAsync(CheckCommand.Create(), new StringWriter(), Cancel, "check", "--mesh", mesh.DocumentPath, "--cluster", "west");
        Assert.Contains("  error    ranges: the range 240.5.0.0/24 of its pods overlaps the mesh's addressRange 240.0.0.0/4: narrow addressRange", check.Output, StringComparison.Ordinal);
        // What stands stays, and what is new is served: only its user can tell which of the two has to move.
        Assert.NotNull(await mesh.EntryAsync("east"));

        await mesh.WriteDocumentAsync(document => document.Replace("mayExport:", "addressRange: 250.0.0.0/8\n  mayExport:", StringComparison.Ordinal));
        Assert.True((await mesh.Resync().RunAsync(Cancel)).Succeeded);
        Assert.StartsWith("250.", ObjectMetadata.TextOf((await mesh.EntryAsync("east"))?["spec"]?["addresses"]?[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_that_is_full_fails_a_full_run_and_serves_those_that_have_an_address()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        await mesh.WriteDocumentAsync(document => document.Replace("mayExport:", "addressRange: 241.0.0.0/30\n  mayExport:", StringComparison.Ordinal));
        foreach (var name in new[] { "a", "b", "c" })
            await mesh.ExportAsync("west", name);

        var report = await mesh.Resync(options: new ReconcilerOptions { AllowDeletes = true }).RunAsync(Cancel);

        Assert.Equal(
            "c.shop.global has no address: no address is free in the mesh's addressRange 241.0.0.0/30, which holds 2 names: widen it in the mesh document, or export less",
            Assert.Single(report.Failures).Reason);
        Assert.NotNull(await mesh.EntryAsync("east", "a.shop.global"));
        Assert.Null(await mesh.EntryAsync("east", "c.shop.global"));
    }
}
