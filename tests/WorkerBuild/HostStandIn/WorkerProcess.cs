using System.Diagnostics;
using System.Text.Json.Nodes;

namespace HostStandIn;

/// <summary>The worker's process, started from worker.config.json as the Functions host starts it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    /// <param name="folder">The app's folder.</param>
    /// <param name="workerId">By which it introduces itself.</param>
    /// <param name="host">Where it finds its host.</param>
    /// <param name="settings">The app's settings.</param>
    /// <param name="told">Takes what it writes to its standard output and error.</param>
    public static WorkerProcess Start(string folder, string workerId, Uri host, IReadOnlyDictionary<string, string> settings, Action<string> told)
    {
        var description = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "worker.config.json")))?["description"];
        var start = new ProcessStartInfo($"{description?["defaultExecutablePath"]}", Arguments(Path.Combine(folder, $"{description?["defaultWorkerPath"]}"), workerId, host))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetEnvironment(start, folder, settings);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => told(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => told(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // Whatever ends this process ends the worker.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill(process);
        return new WorkerProcess(process);
    }

    /// <summary>The exit code; throws <see cref="TimeoutException"/> where it does not end.</summary>
    public async Task<int> EndAsync(TimeSpan patience)
    {
        await _process.WaitForExitAsync().WaitAsync(patience);
        return _process.ExitCode;
    }

    public void Dispose() => Kill(_process);

    private static void Kill(Process process)
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    private static IEnumerable<string> Arguments(string assembly, string workerId, Uri host)
    {
        var (request, most) = (Guid.NewGuid().ToString(), $"{int.MaxValue}");
        return
        [
            assembly, "--host", host.Host, "--port", $"{host.Port}", "--workerId", workerId, "--requestId", request, "--grpcMaxMessageLength", most,
            "--functions-uri", $"{host}", "--functions-worker-id", workerId, "--functions-request-id", request, "--functions-grpc-max-message-length", most,
        ];
    }

    private static void SetEnvironment(ProcessStartInfo start, string folder, IReadOnlyDictionary<string, string> settings)
    {
        // What is set on this machine, such as a proxy, must neither help nor harm.
        string[] kept = ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT"];
        foreach (var name in start.Environment.Keys.Except(kept).ToList())
            start.Environment.Remove(name);
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        start.Environment["FUNCTIONS_WORKER_RUNTIME_VERSION"] = "10.0";
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
    }
}
