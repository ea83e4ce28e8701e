using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Functions;
using Isthmus.System.Tests.Functions;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

/// <summary>Azure's documented events, in both schemas, through the event endpoint to the reconcilers.</summary>
public sealed class SampleEventTests
{
    private const string Mesh = """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test}
        spec:
          trust: {vault: "https://sample-mesh.vault.azure.net/", certificate: mesh-intermediate, root: mesh-root}
          clusters:
          - name: east
            network: n
            access: {aks: /subscriptions/5b4b650e-28b9-4790-b3ab-ddbd88d727c4/resourceGroups/mesh/providers/Microsoft.ContainerService/managedClusters/east}
          - {name: west, network: n, access: {kubeconfig: none}}
        """;

    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Isthmus.System.Tests", "EventGrid", "Samples");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Topics()
    {
        var data = new TheoryData<string, string>();
        foreach (var (topic, function) in new[]
                 {
                     ("kubernetes-service", nameof(OnClusterChanged)), ("resource-manager", nameof(OnClusterChanged)),
                     ("storage", nameof(OnClusterChanged)), ("key-vault", nameof(OnCertificateChanged)),
                 })
        {
            data.Add($"{topic}.event-grid", function);
            data.Add($"{topic}.cloud-events", function);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public async Task Each_documented_event_drives_its_reconciler_and_no_other(string samples, string function)
    {
        using var log = new RecordedLog();
        using var loggers = log.CreateFactory();
        using var vault = new ClosedVault();
        await using var host = await FunctionsHost.StartAsync(Mesh, vault, loggers, blob: new Uri("https://meshstore.blob.core.windows.net/isthmus/mesh.yaml"));
        var expected = (await ReadAsync("expected")).AsObject();

        foreach (var sample in (await ReadAsync(samples)).AsArray().OfType<JsonObject>())
        {
            var (before, told) = (log.Entries.Count, host.Topic.Bodies.Count);
            var status = await DeliverAsync(host, function, samples, sample);

            var name = $"{sample["id"]} {sample["type"] ?? sample["eventType"]}";
            // Without those of the timers, which may be due in between.
            var runs = log.Entries.Skip(before).Where(entry => entry.StartsWith("EventRuns: ", StringComparison.Ordinal)
                && !entry.StartsWith("EventRuns: gateways", StringComparison.Ordinal) && !entry.StartsWith("EventRuns: resync", StringComparison.Ordinal)).ToList();
            switch (expected[sample["id"]?.ToString() ?? ""]?.ToString())
            {
                case "nothing":
                    Assert.True(status == HttpStatusCode.OK && runs.Count == 0 && host.Topic.Bodies.Count == told, name);
                    Assert.Contains(log.Entries.Skip(before), entry => entry.Contains($"{sample["id"]}", StringComparison.Ordinal) && entry.Contains("asks for nothing", StringComparison.Ordinal));
                    break;
                case "document":
                    Assert.True(status == HttpStatusCode.OK && runs is [var all] && all.StartsWith("EventRuns: tell/clusters/east,clusters/west: done", StringComparison.Ordinal), name);
                    Assert.Equal(["clusters/east", "clusters/west"], Subjects(host.Topic.Bodies.Skip(told)));
                    break;
                case { } run:
                    // Neither cluster nor vault can be reached: that is for Event Grid to repeat.
                    Assert.True(status == HttpStatusCode.InternalServerError, $"{name}: {status}");
                    Assert.StartsWith($"EventRuns: {run}", Assert.Single(runs), StringComparison.Ordinal);
                    Assert.Contains(": failed after", runs[0], StringComparison.Ordinal);
                    break;
                case null:
                    Assert.Fail($"{name} is not expected");
                    break;
            }
        }
    }

    [Theory]
    [InlineData("kubernetes-service")]
    [InlineData("resource-manager")]
    [InlineData("storage")]
    [InlineData("key-vault")]
    public async Task Both_schemas_say_the_same(string topic)
    {
        var grid = (await ReadAsync($"{topic}.event-grid")).AsArray();
        var cloud = (await ReadAsync($"{topic}.cloud-events")).AsArray();

        Assert.Equal(grid.Select(Read), cloud.Select(Read));
        Assert.All(grid, item => Assert.False(item is JsonObject one && one.ContainsKey("specversion")));
    }

    [Fact]
    public async Task What_AKS_warns_of_is_told_to_the_person_on_call()
    {
        using var log = new RecordedLog();
        using var loggers = log.CreateFactory();
        await using var host = await FunctionsHost.StartAsync(Mesh, logs: loggers);

        foreach (var sample in (await ReadAsync("kubernetes-service.cloud-events")).AsArray().OfType<JsonObject>())
            await DeliverAsync(host, nameof(OnClusterChanged), "cloud-events", sample);

        string[] warnings =
        [
            "ClusterEvents: Cluster east: AKS ends its support of Kubernetes 1.33.9 soon: upgrade the cluster.",
            "ClusterEvents: Cluster east: AKS does not support Kubernetes 1.32.11 any more: upgrade the cluster.",
            "ClusterEvents: Cluster east: the upgrade of node pool nodepool1 failed: gateways on its nodes may be missing.",
        ];
        Assert.Equal(warnings, log.Entries.Where(entry => entry.StartsWith("ClusterEvents", StringComparison.Ordinal)));
    }

    private static (string, string, string, string?, DateTimeOffset?, string?) Read(JsonNode? item) =>
        ReceivedEvent.TryParse(item, out var received, out var reason)
            ? (received.Id, received.Type, received.Source, received.Subject, received.Time, received.Data?.ToJsonString())
            : throw new InvalidOperationException(reason);

    private static IEnumerable<string?> Subjects(IEnumerable<string> bodies) => bodies
        .SelectMany(body => JsonNode.Parse(body) is JsonArray batch ? [.. batch] : new[] { JsonNode.Parse(body) })
        .Select(item => item?["subject"]?.ToString())
        .Order(StringComparer.Ordinal);

    private static async Task<JsonNode> ReadAsync(string name) =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, $"{name}.json"), Cancellation)) ?? throw new InvalidOperationException($"{name} is empty.");

    /// <summary>As Event Grid does it: an array of one in its own schema, the bare event in CloudEvents.</summary>
    private static async Task<HttpStatusCode> DeliverAsync(FunctionsHost host, string function, string schema, JsonObject sample)
    {
        var isCloudEvent = schema.EndsWith("cloud-events", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, host.EventEndpoint(function));
        request.Headers.Add("aeg-sas-key", host.Keys.EventGrid);
        request.Headers.Add("aeg-event-type", "Notification");
        request.Content = new StringContent(isCloudEvent ? sample.ToJsonString() : $"[{sample.ToJsonString()}]", Encoding.UTF8);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(isCloudEvent ? "application/cloudevents+json; charset=utf-8" : "application/json; charset=utf-8");
        using var response = await host.Client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    /// <summary>A vault that lets nobody in.</summary>
    private sealed class ClosedVault : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Forbidden));
    }
}
