using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Isthmus.System.Tests.Relay;

/// <summary>A real nginx with a configuration of ours, in the foreground.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private const string DebianModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private NginxProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                _errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What it wrote to standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    private static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH")?.Split(':') ?? []).Append("/usr/sbin").Select(folder => $"{folder}/nginx").FirstOrDefault(File.Exists);

    /// <summary>Why it cannot run here; null where it can.</summary>
    public static string? Missing { get; } = Path is null ? "nginx is not installed (apt-get install nginx libnginx-mod-stream)"
        : HasStream() ? null : "nginx has no stream module (apt-get install libnginx-mod-stream)";

    public static async Task<NginxProcess> StartAsync(string configuration, int port)
    {
        var process = Process.Start(new ProcessStartInfo(Path ?? "", ["-e", "stderr", "-c", configuration, "-g", Globals]) { RedirectStandardError = true })
            ?? throw new InvalidOperationException("nginx did not start");
        var nginx = new NginxProcess(process);
        while (!await ListensAsync(port))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"nginx ended: {nginx.Errors}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }

        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // Debian has the module in a file of its own; images have it built in. Where root starts nginx its workers would be somebody who cannot read a test's folder.
    private static string Globals =>
        $"daemon off;{(File.Exists(DebianModule) ? $" load_module {DebianModule};" : "")}{(Environment.UserName == "root" ? " user root;" : "")}";

    private static bool HasStream()
    {
        if (File.Exists(DebianModule))
            return true;
        using var version = Process.Start(new ProcessStartInfo(Path ?? "", ["-V"]) { RedirectStandardError = true });
        return version?.StandardError.ReadToEnd().Contains("--with-stream ", StringComparison.Ordinal) == true;
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
