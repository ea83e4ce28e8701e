using Isthmus.Core.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.System.Tests.Hosting;

/// <summary>What the probe functions below were called with, and how they are to answer.</summary>
public sealed class ProbeLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];

    public Func<string, Task> OnEvent { get; set; } = _ => Task.CompletedTask;

    public SemaphoreSlim TimerRuns { get; } = new(0);

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    public void Add(string call)
    {
        lock (_lock)
            _calls.Add(call);
    }
}

/// <summary>Functions that do nothing but tell what reached them.</summary>
public sealed class ProbeFunctions(ProbeLog log)
{
    [Function("Open")]
    public Task<IResult> OpenAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "probe/{name}/tail/{*path}")] HttpRequest request,
        string name, string? path, CancellationToken cancellationToken)
    {
        log.Add($"{request.Method} {name} {path} {cancellationToken.CanBeCanceled}");
        return Task.FromResult(Results.Text($"{name}:{path}"));
    }

    [Function("Closed")]
    public IResult Closed([HttpTrigger(AuthorizationLevel.Function, "get", Route = "closed")] HttpRequest request) =>
        Results.Text(request.Method);

    [Function("Broken")]
    public Task<IResult> BrokenAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "broken")] HttpRequest request) =>
        throw new InvalidOperationException($"secret detail of {request.Path}");

    [Function("Receive")]
    public async Task ReceiveAsync([EventGridTrigger] string delivered)
    {
        var received = ReceivedEvent.TryParse(delivered, out var read, out var reason) ? read : throw new InvalidOperationException(reason);
        log.Add($"{received.Type} {received.Subject} {received.Data?.ToJsonString()}");
        await log.OnEvent(received.Subject ?? "");
    }

    [Function("Tick")]
    public void Tick([TimerTrigger("30 */5 * * * *")] TimerInfo timer)
    {
        log.Add($"tick pastDue={timer.IsPastDue}");
        log.TimerRuns.Release();
    }
}
