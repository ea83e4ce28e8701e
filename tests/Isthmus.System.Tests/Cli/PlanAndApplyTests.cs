using System.Text.Json.Nodes;
using Isthmus.Cli.Mesh;
using Isthmus.Core.Kubernetes;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Cli;

public sealed class PlanAndApplyTests
{
    [Fact]
    public async Task A_plan_shows_what_apply_does_and_nothing_once_it_is_done()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await mesh.ExportAsync("west");

        var before = await CliRun.OnAsync(mesh, PlanCommand.Create(), "--detailed-exitcode");
        var applied = await CliRun.OnAsync(mesh, ApplyCommand.Create());
        var after = await CliRun.OnAsync(mesh, PlanCommand.Create(), "--detailed-exitcode");

        Assert.Equal(2, before.ExitCode);
        Assert.Contains("  + create ServiceEntry isthmus-system/reviews.shop.global\n", before.Output, StringComparison.Ordinal);
        Assert.Contains("      +   - reviews.shop.global\n", before.Output, StringComparison.Ordinal);
        Assert.Contains("  ~ change ConfigMap kube-system/coredns\n", before.Output, StringComparison.Ordinal);
        Assert.Matches(@"Plan: \d+ to create, \d+ to change, 0 to delete, \d+ skipped", before.Output);
        Assert.Equal((0, ""), (applied.ExitCode, applied.Error));
        Assert.Contains("east  created  ServiceEntry isthmus-system/reviews.shop.global\n", applied.Output, StringComparison.Ordinal);
        Assert.Equal(0, after.ExitCode);
        Assert.StartsWith("Nothing to do", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_shown_by_the_lines_that_differ()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await mesh.ExportAsync("west");
        await CliRun.OnAsync(mesh, ApplyCommand.Create());
        await mesh.WriteDocumentAsync(document => CliRun.WithoutTrust(document).Replace("10.255.0.2", "10.255.0.9", StringComparison.Ordinal));

        var run = await CliRun.OnAsync(mesh, PlanCommand.Create(), "--cluster", "east");

        Assert.Contains("      -   - address: 10.255.0.2\n      +   - address: 10.255.0.9\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("cluster west", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_text_nor_json_holds_a_webhooks_token_and_json_holds_the_objects()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await mesh.ExportAsync("west");

        var text = await CliRun.OnAsync(mesh, PlanCommand.Create());
        var json = await CliRun.OnAsync(mesh, PlanCommand.Create(), "--json");

        Assert.DoesNotMatch("clusters/east/[0-9a-f]{64}", text.Output + json.Output);
        var actions = Assert.IsType<JsonArray>(JsonNode.Parse(json.Output)?["actions"]);
        var entry = Assert.Single(actions, action => action?["kind"]?.ToString() == "ServiceEntry" && action["cluster"]?.ToString() == "east");
        Assert.Equal("create", entry?["action"]?.ToString());
        Assert.Null(entry?["before"]);
        Assert.Equal("reviews.shop.global", entry?["after"]?["spec"]?["hosts"]?[0]?.ToString());
    }

    [Fact]
    public async Task Without_the_functions_address_webhooks_stay_as_they_are()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await CliRun.OnAsync(mesh, ApplyCommand.Create());
        await mesh.WriteDocumentAsync(document => CliRun.WithoutTrust(document).Replace("spec:", "spec:\n  injection: {timeoutSeconds: 9}", StringComparison.Ordinal));

        var bare = await CliRun.InvokeAsync(
            PlanCommand.Create(), new StringWriter(), TestContext.Current.CancellationToken, "plan", "--mesh", mesh.DocumentPath, "--detailed-exitcode");
        var told = await CliRun.OnAsync(mesh, PlanCommand.Create(), "--detailed-exitcode");

        Assert.Equal(0, bare.ExitCode);
        Assert.Contains("Webhooks stay as they are", bare.Error, StringComparison.Ordinal);
        Assert.Contains("~ change MutatingWebhookConfiguration", told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_of_what_webhooks_need_is_an_error()
    {
        var run = await CliRun.InvokeAsync(
            PlanCommand.Create(), new StringWriter(), TestContext.Current.CancellationToken, "plan", "--mesh", "mesh.yaml", "--functions-url", "https://functions.test/");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("belong together", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_held_to_one_cluster_leaves_the_others_and_orphans_nothing()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "north", "west");
        await mesh.ExportAsync("west");
        var first = await CliRun.OnAsync(mesh, ApplyCommand.Create(), "--cluster", "east");
        var again = await CliRun.OnAsync(mesh, PlanCommand.Create(), "--cluster", "east", "--detailed-exitcode");
        var (east, north) = (await mesh.EntryAsync("east"), await mesh.EntryAsync("north"));
        mesh.Cluster("west").Disconnect();

        var run = await CliRun.OnAsync(mesh, ApplyCommand.Create(), "--cluster", "east", "--cluster", "north", "--allow-deletes");

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(0, again.ExitCode);
        Assert.NotNull(east);
        Assert.Null(north);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: cluster west cannot be reached", run.Error, StringComparison.Ordinal);
        Assert.NotNull(await mesh.EntryAsync("east"));
        Assert.NotNull(await mesh.EntryAsync("north"));
    }

    [Fact]
    public async Task A_run_that_is_held_to_one_namespace_touches_no_name_of_another()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await mesh.WriteDocumentAsync(document => CliRun.WithoutTrust(document).Replace("[shop]", "[shop, bank]", StringComparison.Ordinal));
        await mesh.CreateAsync("west", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "bank" } });
        await mesh.ExportAsync("west");
        await CliRun.OnAsync(mesh, ApplyCommand.Create());
        await mesh.ExportAsync("west", "ratings");
        await mesh.DeleteServiceAsync("west");

        var other = await CliRun.OnAsync(mesh, PlanCommand.Create(), "--namespace", "bank", "--detailed-exitcode");
        var own = await CliRun.OnAsync(mesh, PlanCommand.Create(), "-n", "shop");

        Assert.Equal((0, ""), (other.ExitCode, other.Error));
        Assert.Contains("- delete ServiceEntry isthmus-system/reviews.shop.global", own.Output, StringComparison.Ordinal);
        Assert.Contains("+ create ServiceEntry isthmus-system/ratings.shop.global", own.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WebhookConfiguration", own.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deletions_can_be_switched_off()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await mesh.ExportAsync("west");
        await CliRun.OnAsync(mesh, ApplyCommand.Create());
        await mesh.DeleteServiceAsync("west");

        var kept = await CliRun.OnAsync(mesh, ApplyCommand.Create(), "--no-deletes");
        var stillThere = await mesh.EntryAsync("east");
        var gone = await CliRun.OnAsync(mesh, ApplyCommand.Create(), "--yes");

        Assert.Contains("deletions are switched off", kept.Output, StringComparison.Ordinal);
        Assert.NotNull(stillThere);
        Assert.Contains("east  deleted  ServiceEntry isthmus-system/reviews.shop.global", gone.Output, StringComparison.Ordinal);
        Assert.Null(await mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task Ctrl_C_ends_an_apply_between_two_writes()
    {
        await using var mesh = await CliRun.StartMeshAsync("east");
        await mesh.ExportAsync("east");
        using var ctrlC = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var output = new SignallingWriter("east  ", ctrlC.Cancel);

        var stopped = await CliRun.OnAsync(mesh, ApplyCommand.Create(), output, ctrlC.Token);
        var rest = await CliRun.OnAsync(mesh, ApplyCommand.Create());

        Assert.Equal(130, stopped.ExitCode);
        Assert.Single(stopped.Output.Split('\n'), line => line.StartsWith("east  c", StringComparison.Ordinal));
        Assert.Contains("stopped after 1 writes", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(0, rest.ExitCode);
        Assert.NotNull(await mesh.EntryAsync("east"));
    }

    [Theory]
    [InlineData("--cluster", "wset", "It has: east")]
    [InlineData("--namespace", "kube-system", "no services are exported from it")]
    [InlineData("--no-deletes", "--allow-deletes", "exclude each other")]
    public async Task What_does_not_fit_the_document_is_said_so(string option, string value, string expected)
    {
        await using var mesh = await CliRun.StartMeshAsync("east");

        var run = await CliRun.OnAsync(mesh, ApplyCommand.Create(), option, value);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Null(await mesh.FindAsync("east", ResourceKind.Namespace, null, "isthmus-system"));
    }

    [Fact]
    public async Task A_kubeconfig_that_cannot_be_read_is_named_with_its_cluster()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await mesh.WriteDocumentAsync(document => CliRun.WithoutTrust(document).Replace("kubeconfig: west.yaml", "kubeconfig: none.yaml", StringComparison.Ordinal));

        var run = await CliRun.OnAsync(mesh, PlanCommand.Create());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error: cluster west cannot be reached: kubeconfig", run.Error, StringComparison.Ordinal);
        Assert.Contains("none.yaml", run.Error, StringComparison.Ordinal);
        Assert.Contains("cluster east", run.Output, StringComparison.Ordinal);
    }
}
