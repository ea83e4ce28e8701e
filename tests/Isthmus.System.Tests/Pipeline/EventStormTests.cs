using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Isthmus.Cli.Local;
using Isthmus.Core.Events;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.EventGrid;
using Isthmus.System.Tests.Clusters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Pipeline;

/// <summary>Ten thousand events through topic, event grid and functions to two clusters, as badly delivered as Event Grid may.</summary>
public sealed class EventStormTests(ITestOutputHelper output)
{
    private const int Total = 10_000;
    private const int Poison = 20;
    private const int EventsEachWrite = 100;

    private static readonly string[] Names = [.. Enumerable.Range(0, 16).Select(number => $"s{number:00}")];

    [Fact(Timeout = 300_000)]
    public async Task Ten_thousand_events_with_duplicates_and_failures_end_in_the_right_state_and_none_is_lost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seed = Environment.GetEnvironmentVariable("ISTHMUS_SEED") is { } given ? int.Parse(given, null) : Random.Shared.Next();
        output.WriteLine($"ISTHMUS_SEED={seed} repeats the order of changes and the faults");
        var faults = new DeliveryFaults(seed, duplicates: 0.1, TimeSpan.FromSeconds(20)) { LostAnswers = 0.025 };
        await using var mesh = await MeshFixture.StartAsync(faults, new FakeTimeProvider(DateTimeOffset.UtcNow));
        await mesh.JoinAsync();
        foreach (var (function, types) in EventRoutes.All)
        {
            await mesh.Events.SubscribeAsync(
                new EventSubscription(function, mesh.Host.EventEndpoint(function), mesh.Host.Keys.EventGrid) { EventTypes = types, MaxEventsPerBatch = 4 }, cancellation);
        }

        var failing = new Random(seed);
        mesh.Faults.Fails = _ =>
        {
            lock (failing)
                return failing.NextDouble() < 0.025;
        };

        var exported = await WriteAsync(mesh, new Random(seed));
        mesh.Events.Publish(Enumerable.Range(0, Poison).Select(Malformed));
        await mesh.SettleAsync();

        output.WriteLine($"{mesh.Events.Deliveries} deliveries, {mesh.Events.Taken} taken, {mesh.Events.DeadLetters.Count} given up");
        Assert.True(mesh.Events.Deliveries >= Total * 1.05, $"only {mesh.Events.Deliveries} deliveries");
        Assert.Equal(mesh.Events.Deliveries, mesh.Events.Taken + mesh.Events.DeadLetters.Count);
        // Batches hold good events too, which were done before the bad one was refused.
        Assert.Equal(
            Enumerable.Range(0, Poison).Select(number => $"poison-{number:00}"),
            mesh.Events.DeadLetters.Select(letter => letter.Event["id"]?.ToString() ?? "").Where(id => id.StartsWith("poison", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(exported, await ImportedAsync(mesh));
        mesh.Faults.Fails = null;
        var plan = await mesh.Client.GetFromJsonAsync<JsonObject>("/api/plan", cancellation);
        Assert.DoesNotContain(plan?["actions"]?.AsArray() ?? [], item => item?["action"]?.ToString() != "skip");
    }

    /// <summary>Users' writes, each with the many events that a busy Service makes; gives the names that are exported in the end.</summary>
    private static async Task<IReadOnlyList<string>> WriteAsync(MeshFixture mesh, Random random)
    {
        var publisher = mesh.Host.Services.GetRequiredService<IMeshEventPublisher>();
        var exported = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in Names)
        {
            await ClusterFixture.EnsureAsync(mesh.Clusters.West, ResourceKind.Service, new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Service",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = mesh.Namespace },
                ["spec"] = Yaml.Read("{selector: {app: reviews}, ports: [{name: http, port: 9080}]}"),
            });
        }

        for (var write = 0; write < Total / EventsEachWrite; write++)
        {
            var name = Names[random.Next(Names.Length)];
            var export = !exported.Remove(name);
            if (export)
                exported.Add(name);
            await mesh.ExportAsync(mesh.Clusters.West, name, export);
            // Of other names too, so that runs of several names are under way at a time.
            MeshEvent[] events = [.. Enumerable.Range(0, EventsEachWrite).Select(i => Changed(mesh, i == 0 ? name : Names[random.Next(Names.Length)]))];
            await publisher.PublishAsync(events, TestContext.Current.CancellationToken);
        }

        return [.. exported];
    }

    private static async Task<IReadOnlyList<string>> ImportedAsync(MeshFixture mesh)
    {
        var entries = await mesh.Clusters.East.Api.ListAsync(ResourceKind.ServiceEntry, "isthmus-system", null, null, TestContext.Current.CancellationToken);
        return [.. entries.Select(entry => entry.Name().Split('.')[0]).Order(StringComparer.Ordinal)];
    }

    private static MeshEvent.ServiceChanged Changed(MeshFixture mesh, string name) =>
        new(new ClusterName("west"), new ServiceName(mesh.Namespace, name), "UPDATE", null, null);

    private static JsonObject Malformed(int number) => new()
    {
        ["specversion"] = "0.3",
        ["id"] = $"poison-{number:00}",
        ["source"] = "/test",
        ["type"] = MeshEvent.ServiceChangedType,
    };
}
