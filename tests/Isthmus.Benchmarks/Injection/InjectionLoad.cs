using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace Isthmus.Benchmarks.Injection;

/// <summary>Reviews over HTTPS against an <c>isthmus host</c> process; client and host share the machine's cores.</summary>
internal static class InjectionLoad
{
    private const int WarmUp = 20_000;

    public static async Task<int> RunAsync(LoadOptions options)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var host = await HostProcess.StartAsync(deadline.Token);
        using var client = LoadClient.Create(host.CaPem, options.Connections);
        var body = BenchFiles.Bytes("review.json");
        await SendAllAsync(client, host.Webhook, body, options.Connections, WarmUp, deadline.Token);

        var (processor, started) = (host.ProcessorTime, Stopwatch.GetTimestamp());
        var times = await SendAllAsync(client, host.Webhook, body, options.Connections, options.Reviews, deadline.Token);
        var (elapsed, used) = (Stopwatch.GetElapsedTime(started), host.ProcessorTime - processor);

        Array.Sort(times);
        Print("connections", options.Connections);
        Print("reviews", times.Length);
        Print("reviews per second", times.Length / elapsed.TotalSeconds);
        Print("reviews per second and core of the host", times.Length / used.TotalSeconds);
        Print("p50, ms", At(times, 0.50));
        Print("p99, ms", At(times, 0.99));
        Print("slowest, ms", times[^1]);
        return 0;
    }

    private static async Task<double[]> SendAllAsync(HttpClient client, Uri url, byte[] body, int connections, int reviews, CancellationToken cancellation)
    {
        var times = new double[reviews];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
            async () =>
            {
                for (var i = Interlocked.Increment(ref next); i < reviews; i = Interlocked.Increment(ref next))
                    times[i] = await SendAsync(client, url, body, cancellation);
            },
            cancellation)));
        return times;
    }

    private static async Task<double> SendAsync(HttpClient client, Uri url, byte[] body, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await client.PostAsync(url, content, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (!answer.IsSuccessStatusCode || !text.Contains("JSONPatch", StringComparison.Ordinal))
            throw new InvalidOperationException($"HTTP {(int)answer.StatusCode}: {text[..Math.Min(text.Length, 300)]}");
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double At(double[] sorted, double share) => sorted[(int)((sorted.Length - 1) * share)];

    private static void Print(string what, double figure) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-42}{figure,12:N1}"));
}
