using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>Many runners beside each other, as Event Grid makes them: every event several times, in no order, early and late.</summary>
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Runners = 8;
    private const int Copies = 2;

    private static readonly string[] Exporters = ["north", "west"];
    private static readonly string[] Names = [.. Enumerable.Range(0, 12).Select(number => $"s{number:00}")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("240.0.0.0/4", 2_000)]
    // So few addresses for so many names that many of them meet another's.
    [InlineData("240.1.0.0/28", 400)]
    public async Task Eight_runners_under_a_storm_of_shuffled_doubled_and_delayed_events_end_where_one_clean_run_would(string range, int events)
    {
        var seed = Environment.GetEnvironmentVariable("ISTHMUS_SEED") is { } given ? int.Parse(given, null) : Random.Shared.Next();
        output.WriteLine($"ISTHMUS_SEED={seed} repeats the order of changes and events");
        var random = new Random(seed);
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.WriteDocumentAsync(document => WithRange(document, range));
        using var pending = new PendingEvents(random.Next());
        var slow = new SlowWrites(random.Next());
        var runners = Enumerable.Range(0, Runners)
            .Select(_ => RunAsync(mesh.Services(new WatchedRequests { Before = slow.PassAsync }), pending, slow)).ToList();
        // A runner that fails ends the storm: without it the events would pile up for ever.
        for (var change = 0; change < events / Copies && !runners.Exists(runner => runner.IsFaulted); change++)
            await ChangeAsync(mesh, random, pending);
        pending.Complete();
        Assert.Equal(events, (await Task.WhenAll(runners)).Sum());

        var end = await mesh.StateAsync();
        var again = new WatchedRequests();
        var report = await mesh.Resync(again).RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Equal(end, await mesh.StateAsync());
        Assert.DoesNotContain(again.Sent, IsFederationWrite);
        await AssertAddressesAsync(mesh);
        if (range == "240.0.0.0/4")
            Assert.Equal(end, await CleanStateAsync(mesh));
    }

    private static string WithRange(string document, string range) =>
        document.Replace("  mayExport:", $"  addressRange: {range}\n  mayExport:", StringComparison.Ordinal);

    private static async Task<int> RunAsync(ServiceReconciler services, PendingEvents pending, SlowWrites slow)
    {
        var handled = 0;
        try
        {
            while (await pending.TakeAsync(Cancel) is { } next)
            {
                var report = await services.RunAsync(next.Service, next.Write, Cancel);
                Assert.True(report.Succeeded, string.Join("; ", report.Failures));
                handled++;
                slow.LetOneGo();
            }

            return handled;
        }
        catch
        {
            pending.GiveRoom();
            throw;
        }
        finally
        {
            slow.End();
        }
    }

    /// <summary>One write of a user, and its events: one goes out before it is stored, as the webhook's does, the others when they like.</summary>
    private static async Task ChangeAsync(EmbeddedMesh mesh, Random random, PendingEvents pending)
    {
        await pending.HasRoomAsync(Cancel);
        var (cluster, name) = (Exporters[random.Next(Exporters.Length)], Names[random.Next(Names.Length)]);
        var service = new ServiceName("shop", name);
        var choice = random.Next(10);
        var live = await mesh.FindAsync(cluster, ResourceKind.Service, "shop", name);
        var operation = live is null ? "CREATE" : choice < 2 ? "DELETE" : "UPDATE";
        pending.Add(service, new ExpectedWrite(new ClusterName(cluster), operation, live?.Uid(), live?.ResourceVersion()));
        switch (operation)
        {
            case "CREATE":
                await mesh.ExportAsync(cluster, name, 9080);
                break;
            case "DELETE":
                await mesh.DeleteServiceAsync(cluster, name);
                break;
            default:
                await mesh.ChangeServiceAsync(cluster, name, changed => Change(changed, choice));
                break;
        }

        for (var copy = 1; copy < Copies; copy++)
            pending.Add(service, null);
    }

    private static void Change(JsonObject service, int choice)
    {
        var metadata = Assert.IsType<JsonObject>(service["metadata"]);
        var labels = metadata["labels"] as JsonObject ?? [];
        if (choice < 6 && !labels.Remove("isthmus.dev/export"))
            labels["isthmus.dev/export"] = "true";
        if (labels.Parent is null)
            metadata["labels"] = labels;
        var annotations = metadata["annotations"] as JsonObject ?? [];
        if (choice is 6 or 7 && !annotations.Remove("isthmus.dev/export-to"))
            annotations["isthmus.dev/export-to"] = "east";
        if (annotations.Parent is null)
            metadata["annotations"] = annotations;
        if (choice > 7 && service["spec"]?["ports"]?[0] is JsonObject port)
            port["port"] = (int?)port["port"] == 9080 ? 9081 : 9080;
    }

    /// <summary>The same Services in clusters that no runner has seen yet, after one full run.</summary>
    private static async Task<string> CleanStateAsync(EmbeddedMesh stormy)
    {
        await using var clean = await EmbeddedMesh.StartAsync();
        await clean.WriteDocumentAsync(document => WithRange(document, "240.0.0.0/4"));
        foreach (var cluster in Exporters)
        {
            foreach (var live in await (await stormy.ApiAsync(cluster)).ListAsync(ResourceKind.Service, "shop", null, null, Cancel))
                await clean.CreateAsync(cluster, AsAUserWroteIt(live));
        }

        var report = await clean.Resync().RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        return await clean.StateAsync();
    }

    private static JsonObject AsAUserWroteIt(JsonObject live)
    {
        var annotations = new JsonObject();
        // Since when a Service is exported decides conflicts, so it belongs to what both start from.
        foreach (var key in new[] { "isthmus.dev/export-to", FederationNames.ExportedSinceAnnotation })
        {
            if (live.Annotation(key) is { } value)
                annotations[key] = value;
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject
            {
                ["name"] = live.Name(),
                ["namespace"] = "shop",
                ["labels"] = live.Label("isthmus.dev/export") is { } export ? new JsonObject { ["isthmus.dev/export"] = export } : [],
                ["annotations"] = annotations,
            },
            ["spec"] = new JsonObject { ["selector"] = live["spec"]?["selector"]?.DeepClone(), ["ports"] = live["spec"]?["ports"]?.DeepClone() },
        };
    }

    private static async Task AssertAddressesAsync(EmbeddedMesh mesh)
    {
        var holders = new ConcurrentDictionary<string, string>();
        foreach (var cluster in new[] { "east", "north", "west" })
        {
            foreach (var entry in await (await mesh.ApiAsync(cluster)).ListAsync(ResourceKind.ServiceEntry, "isthmus-system", null, null, Cancel))
            {
                var address = entry.Label(FederationNames.AddressLabel) ?? "none";
                Assert.Equal(entry.Name(), holders.GetOrAdd(address, entry.Name()));
            }
        }

        Assert.NotEmpty(holders);
    }

    private static bool IsFederationWrite(string request) =>
        !request.Contains(" GET ", StringComparison.Ordinal)
        && (request.Contains("istio.io", StringComparison.Ordinal) || request.Contains("/services/", StringComparison.Ordinal) || request.Contains("/coredns", StringComparison.Ordinal));

    /// <summary>Holds some writes back until other runners have handled further events: what was planned is old by then.</summary>
    private sealed class SlowWrites(int seed)
    {
        // Fewer than there are runners, so that somebody always goes on.
        private const int Most = Runners / 2;

        private readonly Lock _gate = new();
        private readonly Random _random = new(seed);
        private readonly List<TaskCompletionSource> _held = [];
        private bool _ended;
        private int _handled;

        public Task PassAsync(ClusterName cluster, HttpRequestMessage request)
        {
            lock (_gate)
            {
                if (_ended || request.Method == HttpMethod.Get || _held.Count >= Most || _random.Next(4) > 0)
                    return Task.CompletedTask;
                _held.Add(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                return _held[^1].Task;
            }
        }

        public void LetOneGo()
        {
            lock (_gate)
            {
                // Every other time, so that several events are handled in the meantime; the oldest, since a run's time is limited.
                if (_held.Count == 0 || ++_handled % 2 > 0)
                    return;
                _held[0].SetResult();
                _held.RemoveAt(0);
            }
        }

        public void End()
        {
            lock (_gate)
            {
                _ended = true;
                _held.ForEach(held => held.SetResult());
                _held.Clear();
            }
        }
    }

    private sealed record PendingEvent(ServiceName Service, ExpectedWrite? Write);

    /// <summary>Events on their way; whoever takes one gets any of them, so a late one is as likely as an early one.</summary>
    private sealed class PendingEvents(int seed) : IDisposable
    {
        private const int Most = 24;

        private readonly Lock _gate = new();
        private readonly Random _random = new(seed);
        private readonly List<PendingEvent> _events = [];
        private readonly SemaphoreSlim _available = new(0);
        private readonly SemaphoreSlim _room = new(Most);
        private bool _complete;

        public async Task HasRoomAsync(CancellationToken cancellation)
        {
            for (var copy = 0; copy < Copies; copy++)
                await _room.WaitAsync(cancellation);
        }

        public void Add(ServiceName service, ExpectedWrite? write)
        {
            lock (_gate)
                _events.Add(new PendingEvent(service, write));
            _available.Release();
        }

        public void Complete()
        {
            lock (_gate)
                _complete = true;
            _available.Release(Runners);
        }

        public void Dispose()
        {
            _available.Dispose();
            _room.Dispose();
        }

        /// <summary>Nobody may take any more; whoever waits to add one goes on.</summary>
        public void GiveRoom() => _room.Release(Most);

        /// <summary>Null once no more will come.</summary>
        public async Task<PendingEvent?> TakeAsync(CancellationToken cancellation)
        {
            await _available.WaitAsync(cancellation);
            lock (_gate)
            {
                if (_events.Count == 0)
                {
                    Assert.True(_complete);
                    return null;
                }

                var index = _random.Next(_events.Count);
                var taken = _events[index];
                _events[index] = _events[^1];
                _events.RemoveAt(_events.Count - 1);
                _room.Release();
                return taken;
            }
        }
    }
}
