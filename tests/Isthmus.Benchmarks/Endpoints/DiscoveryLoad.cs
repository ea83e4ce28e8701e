using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Benchmarks.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Endpoints;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Benchmarks.Endpoints;

/// <summary>The first answer of an instance that knows nothing, later ones, one after a change, and the memory that the clusters take.</summary>
internal static class DiscoveryLoad
{
    public const string Command = "discovery-clusters";

    public static async Task<int> RunAsync(DiscoveryLoadOptions options)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        await using var clusters = await ClustersProcess.StartAsync(Command, options.Size, deadline.Token);
        var documents = new FileMeshDocumentSource(clusters.Document);
        Print("clusters", options.Clusters);
        Print("Services in each", options.Services);
        Print("endpoints in each", options.Endpoints);
        if (options.Services == 1)
        {
            // In the first one the code is cold too, as in a new process; the others show what is the clusters' part.
            await FirstAnswerAsync("first answer of a new process", clusters, documents, deadline.Token);
            for (var i = 0; i < 5; i++)
                await FirstAnswerAsync("first answer of a new instance, code warm", clusters, documents, deadline.Token);
        }

        using var connections = new ClusterConnections(documents, new ClusterApiOptions(), TimeProvider.System);
        var before = Held();
        using var feeds = new EndpointFeeds(connections, TimeProvider.System);
        var discovery = new EndpointDiscovery(documents, feeds, TimeProvider.System);
        for (var service = 0; service < options.Services; service++)
            await AskAsync(discovery, documents, service, "", deadline.Token);
        if (options.Services > 1)
        {
            var held = Held() - before;
            Print("memory held for all Services, MiB", held / 1024.0 / 1024.0);
            Print("  for each cluster, MiB", held / 1024.0 / 1024.0 / options.Clusters);
            Print("  for each endpoint, bytes", (double)held / options.Clusters / options.Endpoints);
        }

        await RepeatAsync(discovery, documents, deadline.Token);
        await ChangeAsync(connections, discovery, documents, deadline.Token);
        return 0;
    }

    private static async Task FirstAnswerAsync(string what, ClustersProcess clusters, FileMeshDocumentSource documents, CancellationToken cancellation)
    {
        var (started, own, theirs) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime, clusters.ProcessorTime);
        using var connections = new ClusterConnections(documents, new ClusterApiOptions(), TimeProvider.System);
        using var feeds = new EndpointFeeds(connections, TimeProvider.System);
        var answer = await AskAsync(new EndpointDiscovery(documents, feeds, TimeProvider.System), documents, 0, "", cancellation);
        Print($"{what}, ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        // On a machine that others use too, the processor's time says more than the clock's.
        Print("  processor, ms", (Process.GetCurrentProcess().TotalProcessorTime - own).TotalMilliseconds);
        Print("  processor of the clusters, ms", (clusters.ProcessorTime - theirs).TotalMilliseconds);
        Print("  KiB", answer.Json.Length / 1024.0);
    }

    private static async Task RepeatAsync(EndpointDiscovery discovery, FileMeshDocumentSource documents, CancellationToken cancellation)
    {
        const int Count = 2000;
        var version = VersionOf(await AskAsync(discovery, documents, 0, "", cancellation));
        var cluster = await ClusterAsync(documents, cancellation);
        var request = Request(0, version);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Count; i++)
        {
            if (await discovery.AnswerAsync(cluster, request, cancellation) is not DiscoveryAnswer.Unchanged)
                throw new InvalidOperationException("The answer changed.");
        }

        Print("the same again, microseconds", Stopwatch.GetElapsedTime(started).TotalMicroseconds / Count);
    }

    /// <summary>One endpoint goes; until the answer shows it.</summary>
    private static async Task ChangeAsync(ClusterConnections connections, EndpointDiscovery discovery, FileMeshDocumentSource documents, CancellationToken cancellation)
    {
        var version = VersionOf(await AskAsync(discovery, documents, 0, "", cancellation));
        var api = await connections.GetAsync(new ClusterName(BenchMesh.ClusterAt(0)), cancellation);
        var slice = await api.GetAsync(ResourceKind.EndpointSlice, "team-00", "svc-000-000", cancellation) ?? throw new InvalidOperationException("no slice");
        (slice["endpoints"] as JsonArray ?? []).RemoveAt(0);
        await api.ReplaceAsync(ResourceKind.EndpointSlice, slice, cancellation);
        var (started, cluster, request) = (Stopwatch.GetTimestamp(), await ClusterAsync(documents, cancellation), Request(0, version));
        while (await discovery.AnswerAsync(cluster, request, cancellation) is DiscoveryAnswer.Unchanged)
            await Task.Yield();
        Print("an endpoint gone, until the answer shows it, ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task<DiscoveryAnswer.Fresh> AskAsync(EndpointDiscovery discovery, FileMeshDocumentSource documents, int service, string version, CancellationToken cancellation)
    {
        while (true)
        {
            switch (await discovery.AnswerAsync(await ClusterAsync(documents, cancellation), Request(service, version), cancellation))
            {
                case DiscoveryAnswer.Fresh fresh:
                    return fresh;
                case DiscoveryAnswer.NotReady wait:
                    Console.WriteLine(wait.Reason);
                    break;
                case var other:
                    throw new InvalidOperationException(other.ToString());
            }
        }
    }

    private static async Task<MeshCluster> ClusterAsync(FileMeshDocumentSource documents, CancellationToken cancellation) =>
        (await documents.ReadAsync(cancellation)).Clusters[0];

    private static JsonObject Request(int service, string version) => new()
    {
        ["version_info"] = version,
        ["node"] = new JsonObject
        {
            ["id"] = "sidecar~10.0.0.7~client.web~web.svc.cluster.local",
            ["metadata"] = new JsonObject { ["NETWORK"] = "n-0", ["CLUSTER_ID"] = BenchMesh.ClusterAt(0), ["NODE_NAME"] = "node-00" },
        },
        ["resource_names"] = new JsonArray($"outbound|80||{DiscoveryMesh.ServiceAt(service)}.svc.cluster.local"),
    };

    private static string VersionOf(DiscoveryAnswer.Fresh answer) => (string?)JsonNode.Parse(answer.Json.Span)?["versionInfo"] ?? "";

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Print(string what, double figure) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-50}{figure,12:N1}"));
}
