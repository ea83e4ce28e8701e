using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Cluster;

namespace Isthmus.Benchmarks.Federation;

/// <summary>The clusters of a benchmarked mesh in a process of their own, so that the runner's memory and processor time are its own.</summary>
internal sealed class ClustersProcess : IAsyncDisposable
{
    public const string Command = "clusters";
    private const string Up = "up";

    private readonly Process _process;

    private ClustersProcess(Process process, string folder) => (_process, Folder) = (process, folder);

    /// <summary>Holds the mesh document and a kubeconfig for each cluster.</summary>
    public string Folder { get; }

    public string Document => Path.Combine(Folder, "mesh.yaml");

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Task<ClustersProcess> StartAsync(MeshLoadOptions options, CancellationToken cancellation) =>
        StartAsync(Command, [options.Clusters, options.Services], cancellation);

    /// <summary>The command of this program that serves the clusters, and what it is given beside the folder.</summary>
    public static async Task<ClustersProcess> StartAsync(string command, IReadOnlyList<int> size, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("isthmus-bench-").FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in new[] { typeof(ClustersProcess).Assembly.Location, command, folder }.Concat(size.Select(number => number.ToString(CultureInfo.InvariantCulture))))
            start.ArgumentList.Add(argument);
        // A limit to memory is meant for the runner.
        start.Environment.Remove("DOTNET_GCHeapHardLimit");
        var process = Process.Start(start) ?? throw new InvalidOperationException("The clusters did not start.");
        var line = await process.StandardOutput.ReadLineAsync(cancellation);
        return line == Up
            ? new ClustersProcess(process, folder)
            : throw new InvalidOperationException($"The clusters did not come up: {line}");
    }

    /// <summary>The other process: serves until its standard input ends, which it does when the runner is gone.</summary>
    public static Task<int> ServeAsync(string folder, MeshLoadOptions options) => ServeAsync(
        folder,
        BenchMesh.Document(options.Clusters),
        Enumerable.Range(0, options.Clusters).Select(index => (BenchMesh.ClusterAt(index), BenchMesh.Objects(index, options.Services, options.Exported))));

    /// <summary>The same for clusters of any content.</summary>
    public static async Task<int> ServeAsync(string folder, string document, IEnumerable<(string Name, IEnumerable<JsonObject> Objects)> contents)
    {
        var clusters = new List<EmbeddedCluster>();
        foreach (var (name, objects) in contents)
        {
            var cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions { Name = name, InitialObjects = [.. objects] });
            clusters.Add(cluster);
            await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.kubeconfig"), cluster.Kubeconfig());
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "mesh.yaml"), document);
        Console.WriteLine(Up);
        await Console.In.ReadToEndAsync();
        foreach (var cluster in clusters)
            await cluster.DisposeAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
