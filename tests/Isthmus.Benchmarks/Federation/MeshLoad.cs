using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.DependencyInjection;

namespace Isthmus.Benchmarks.Federation;

/// <summary>Full runs and single Service events on a mesh of embedded clusters, timed and counted.</summary>
internal static class MeshLoad
{
    public static async Task<int> RunAsync(MeshLoadOptions options)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        await using var clusters = await ClustersProcess.StartAsync(options, deadline.Token);
        var requests = new CountedRequests();
        await using var services = Services(clusters.Document, requests);
        var resync = services.GetRequiredService<ResyncReconciler>();
        Print("clusters", options.Clusters);
        Print("Services in each", options.Services);
        Print("exported from each", options.Exported);
        await FullRunAsync("first full run", resync, requests, deadline.Token);
        // Once more: the code is warm, and nothing is left to write.
        await FullRunAsync("full run without a change", resync, requests, deadline.Token);
        await FullRunAsync("full run without a change", resync, requests, deadline.Token);
        Print("peak memory of the runner, MiB", Process.GetCurrentProcess().PeakWorkingSet64 / 1024.0 / 1024.0);
        await EventsAsync(services, options, requests, deadline.Token);
        return 0;
    }

    private static ServiceProvider Services(string document, CountedRequests requests)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IMeshDocumentSource>(new FileMeshDocumentSource(document));
        services.AddSingleton<ICertificateSource, NoCertificates>();
        services.AddSingleton(new WebhookSettings { BaseUrl = new Uri("https://isthmus.example.com"), Keys = [new byte[32]] });
        services.AddSingleton(new ClusterApiOptions { Handler = requests.Handler, ConnectTimeout = TimeSpan.FromMinutes(1), RequestTimeout = TimeSpan.FromMinutes(1) });
        services.AddSingleton(new ReconcilerOptions { ResyncBudget = TimeSpan.FromMinutes(25) });
        services.AddLogging();
        return services.AddReconcilers().BuildServiceProvider();
    }

    private static async Task FullRunAsync(string what, ResyncReconciler resync, CountedRequests requests, CancellationToken cancellation)
    {
        requests.Reset();
        var (started, processor) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        var report = await resync.RunAsync(cancellation);
        var (elapsed, used) = (Stopwatch.GetElapsedTime(started), Process.GetCurrentProcess().TotalProcessorTime - processor);
        if (!report.Succeeded)
            throw new InvalidOperationException(string.Join('\n', report.Failures.Select(failure => failure.Reason)));
        Print($"{what}: s", elapsed.TotalSeconds);
        Print("  processor of the runner, s", used.TotalSeconds);
        Print("  objects in the report", report.Entries.Length);
        Print("  read requests", requests.Counts.Reads);
        Print("  MiB read", requests.Counts.Bytes / 1024.0 / 1024.0);
        Print("  writes", requests.Counts.Writes);
    }

    /// <summary>One Service after the other is withdrawn and exported again; each time until a run finds all clusters in order.</summary>
    private static async Task EventsAsync(ServiceProvider services, MeshLoadOptions options, CountedRequests requests, CancellationToken cancellation)
    {
        var runs = services.GetRequiredService<ServiceReconciler>();
        var connections = services.GetRequiredService<ClusterConnections>();
        var times = new List<double>();
        var counts = new SortedSet<int>();
        for (var number = -10; number < options.Events; number++)
        {
            var cluster = Math.Abs(number) / 2 % options.Clusters;
            var name = BenchMesh.Exports(cluster, options.Exported).ElementAt(Math.Abs(number) / 2 % options.Exported);
            var api = await connections.GetAsync(new ClusterName(BenchMesh.ClusterAt(cluster)), cancellation);
            var service = await api.GetAsync(ResourceKind.Service, name.Namespace, name.Name, cancellation) ?? throw new InvalidOperationException($"{name} is gone");
            var labels = service["metadata"]?["labels"]?.AsObject() ?? [];
            if (!labels.Remove("isthmus.dev/export"))
                labels["isthmus.dev/export"] = "true";
            await api.ReplaceAsync(ResourceKind.Service, service, cancellation);
            requests.Reset();
            var started = Stopwatch.GetTimestamp();
            var report = await runs.RunAsync(name, null, cancellation);
            if (!report.Succeeded || !report.Changes.Any())
                throw new InvalidOperationException($"The event of {name} changed nothing: {string.Join('\n', report.Failures.Select(failure => failure.Reason))}");
            // The first ones pay for the compiler.
            if (number < 0)
                continue;
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            counts.Add(requests.Counts.Reads + requests.Counts.Writes);
        }

        times.Sort();
        Print("Service events", times.Count);
        Print("  requests of one event, fewest", counts.Min);
        Print("  requests of one event, most", counts.Max);
        Print("  p50, ms", times[(times.Count - 1) / 2]);
        Print("  p99, ms", times[(int)((times.Count - 1) * 0.99)]);
        Print("  slowest, ms", times[^1]);
    }

    private static void Print(string what, double figure) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-42}{figure,12:N1}"));

    private sealed class NoCertificates : ICertificateSource
    {
        public Task<Core.Trust.CaMaterial> ReadAsync(TrustSettings trust, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The benchmark's mesh has no trust.");

        public Task<Core.Trust.CaMaterial> ReadVersionAsync(TrustSettings trust, string version, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The benchmark's mesh has no trust.");
    }
}
