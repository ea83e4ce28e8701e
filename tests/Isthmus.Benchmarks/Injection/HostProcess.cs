using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Cluster;

namespace Isthmus.Benchmarks.Injection;

/// <summary>An <c>isthmus host</c> process that serves one embedded cluster with the benchmark's settings.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly EmbeddedCluster _cluster;
    private readonly Process _process;
    private readonly string _folder;

    private HostProcess(EmbeddedCluster cluster, Process process, string folder) => (_cluster, _process, _folder) = (cluster, process, folder);

    /// <summary>Where the host's webhook is, and the CA that it trusts, as the host itself registered them.</summary>
    public required Uri Webhook { get; init; }

    public required string CaPem { get; init; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<HostProcess> StartAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("isthmus-bench-").FullName;
        var cluster = await EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions { Name = "bench", InitialObjects = [.. BenchCluster.Objects()] }, cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.kubeconfig"), cluster.Kubeconfig(), cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "mesh.yaml"), BenchCluster.Mesh, cancellation);
        await File.WriteAllBytesAsync(Path.Combine(folder, "key"), RandomNumberGenerator.GetBytes(32), cancellation);
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "isthmus.dll"), "host",
                "--mesh", Path.Combine(folder, "mesh.yaml"), "--webhook-key", Path.Combine(folder, "key"),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("isthmus host did not start.");
        // What it prints is read so that its pipe never fills, and shown only if it does not come up.
        var said = new Queue<string>();
        process.OutputDataReceived += (_, line) => Keep(said, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(said, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var webhook = await RegisteredAsync(cluster, process, cancellation);
            return new HostProcess(cluster, process, folder) { Webhook = webhook.Url, CaPem = webhook.CaPem };
        }
        catch (Exception fault)
        {
            process.Kill();
            await cluster.DisposeAsync();
            lock (said) throw new InvalidOperationException($"isthmus host registered no webhook: {string.Join('\n', said)}", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<(Uri Url, string CaPem)> RegisteredAsync(EmbeddedCluster cluster, Process process, CancellationToken cancellation)
    {
        using var client = LoadClient.Create(cluster.CaCertificatePem, connections: 1);
        client.DefaultRequestHeaders.Authorization = new("Bearer", cluster.AdminToken);
        var path = new Uri(cluster.Url, "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations");
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (process.HasExited) break;
            var list = JsonNode.Parse(await client.GetStringAsync(path, cancellation));
            if (list?["items"]?.AsArray() is [{ } first, ..] && first["webhooks"]?[0]?["clientConfig"] is { } config
                && config["url"]?.GetValue<string>() is { } url && config["caBundle"]?.GetValue<string>() is { } bundle)
            {
                return (new Uri(url), global::System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(bundle)));
            }

            await Task.Delay(200, cancellation);
        }

        throw new TimeoutException("No webhook was registered within 20 s.");
    }

    private static void Keep(Queue<string> said, string? line)
    {
        if (line is null) return;
        lock (said)
        {
            said.Enqueue(line);
            if (said.Count > 50) said.Dequeue();
        }
    }
}
