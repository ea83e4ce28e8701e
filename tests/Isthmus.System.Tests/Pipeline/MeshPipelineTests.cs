using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Isthmus.Cli.Mesh;
using Isthmus.Core.Kubernetes;
using Isthmus.Embedded.EventGrid;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Secrecy;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Pipeline;

public sealed class MeshPipelineTests
{
    [Fact(Timeout = 120_000)]
    public async Task An_exported_service_reaches_the_other_cluster_and_withdrawn_leaves_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var mesh = await MeshFixture.StartAsync();
        await mesh.JoinAsync();

        await mesh.ExportAsync(mesh.Clusters.West, export: true);
        await mesh.UntilAsync(async () => await mesh.EntryAsync(mesh.Clusters.East) is not null);
        await mesh.Events.IdleAsync(cancellation);
        var entry = await mesh.EntryAsync(mesh.Clusters.East);
        var gateways = await mesh.Clusters.West.Api.ListAsync(ResourceKind.Gateway, "isthmus-system", null, null, cancellation);

        Assert.Equal("203.0.113.20", entry?["spec"]?["endpoints"]?[0]?["address"]?.ToString());
        Assert.Contains($"reviews.{mesh.Namespace}.svc.cluster.local", Assert.Single(gateways).ToJsonString(), StringComparison.Ordinal);

        await mesh.ExportAsync(mesh.Clusters.West, export: false);
        await mesh.UntilAsync(async () => await mesh.EntryAsync(mesh.Clusters.East) is null);
        await mesh.Events.IdleAsync(cancellation);
        Assert.Empty(await mesh.Clusters.West.Api.ListAsync(ResourceKind.Gateway, "isthmus-system", null, null, cancellation));
        Assert.Empty(mesh.Events.DeadLetters);
    }

    [Fact(Timeout = 120_000)]
    public async Task Events_that_come_twice_and_out_of_order_end_in_the_same_state()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var mesh = await MeshFixture.StartAsync(new DeliveryFaults(seed: 3, duplicates: 0.7, longestHold: TimeSpan.FromMilliseconds(150)));
        await mesh.JoinAsync();

        foreach (var export in new[] { true, false, true, false, true })
            await mesh.ExportAsync(mesh.Clusters.West, export);
        await mesh.Events.IdleAsync(cancellation);
        await mesh.UntilAsync(async () => await mesh.EntryAsync(mesh.Clusters.East) is not null && mesh.Events.Pending == 0);

        Assert.NotNull(await mesh.EntryAsync(mesh.Clusters.East));
        Assert.Empty(mesh.Events.DeadLetters);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_write_passes_while_the_topic_is_down_and_the_resync_catches_up()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var mesh = await MeshFixture.StartAsync();
        await mesh.JoinAsync();

        mesh.Events.IsTopicDown = true;
        await mesh.ExportAsync(mesh.Clusters.West, export: true);
        await mesh.Events.IdleAsync(cancellation);
        var missed = await mesh.EntryAsync(mesh.Clusters.East);
        mesh.Events.IsTopicDown = false;
        await mesh.Host.Services.GetRequiredService<ResyncReconciler>().RunAsync(cancellation);

        Assert.Null(missed);
        Assert.NotNull(await mesh.EntryAsync(mesh.Clusters.East));
    }

    [Fact(Timeout = 120_000)]
    public async Task Status_and_plan_want_a_key_and_tell_what_there_is()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var mesh = await MeshFixture.StartAsync();
        await mesh.JoinAsync();

        var plan = await mesh.Client.GetFromJsonAsync<JsonObject>("/api/plan", cancellation);
        var status = await mesh.Client.GetFromJsonAsync<JsonObject>("/api/status", cancellation);
        mesh.Client.DefaultRequestHeaders.Clear();
        var refused = await mesh.Client.GetAsync(new Uri("/api/status", UriKind.Relative), cancellation);

        // On a cluster that another mesh has used, its namespace is left alone and reported as such.
        Assert.DoesNotContain(plan?["actions"]?.AsArray() ?? [], item => item?["action"]?.ToString() != "skip");
        Assert.Empty(Failures(plan));
        Assert.Contains(status?["objects"]?.AsArray() ?? [], item => item?["kind"]?.ToString() == "MutatingWebhookConfiguration");
        Assert.DoesNotContain("PRIVATE KEY", status?.ToJsonString() ?? "", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cluster_out_of_reach_is_named_and_the_other_one_served()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var mesh = await MeshFixture.StartAsync();
        mesh.Clusters.West.Disconnect();
        var key = Path.Combine(mesh.Clusters.Folder, "key");
        await File.WriteAllBytesAsync(key, new byte[32], cancellation);
        // The command would ask the real vault of that name.
        var untrusting = Path.Combine(mesh.Clusters.Folder, "without-trust.yaml");
        var lines = await File.ReadAllLinesAsync(mesh.MeshDocument, cancellation);
        await File.WriteAllLinesAsync(untrusting, lines.Where(line => !line.Contains("trust:", StringComparison.Ordinal)), cancellation);

        var status = await mesh.Client.GetFromJsonAsync<JsonObject>("/api/plan", cancellation);
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await new RootCommand { PlanCommand.Create() }
            .Parse(["plan", "--mesh", untrusting, "--functions-url", "https://functions.test/", "--webhook-key", key, "--json"])
            .InvokeAsync(new InvocationConfiguration { Output = new RecordingWriter(output, "a command's output"), Error = new RecordingWriter(error, "a command's errors") }, cancellation);

        Assert.Equal("west", Assert.Single(Failures(status).Select(failure => failure?["cluster"]?.ToString()).Distinct()));
        Assert.Contains(status?["actions"]?.AsArray() ?? [], item => item?["cluster"]?.ToString() == "east");
        Assert.Equal(1, exitCode);
        Assert.True(output.ToString().Contains("west", StringComparison.Ordinal), error.ToString());

        mesh.Clusters.West.Reconnect();
        await mesh.JoinAsync();
        Assert.Empty(Failures(await mesh.Client.GetFromJsonAsync<JsonObject>("/api/plan", cancellation)));
    }

    private static JsonArray Failures(JsonObject? report) => report?["failures"]?.AsArray() ?? throw new InvalidOperationException("The report has no failures.");
}
