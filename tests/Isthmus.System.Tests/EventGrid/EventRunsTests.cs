using Isthmus.Core.Mesh;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

public sealed class EventRunsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly EventRuns _runs;
    private readonly Queue<TaskCompletionSource<RunReport>> _ends = new();
    private readonly SemaphoreSlim _begun = new(0);
    private CancellationToken _token;

    public EventRunsTests() => _runs = new EventRuns(_time, NullLogger<EventRuns>.Instance);

    public void Dispose() => _begun.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_that_come_while_a_run_waits_share_it_and_none_shares_one_that_has_begun()
    {
        var first = AskAsync();
        await _begun.WaitAsync(Cancellation);
        var second = AskAsync();
        var third = AskAsync();

        End(RunReport.Empty);
        await first;
        await _begun.WaitAsync(Cancellation);
        var fourth = AskAsync();
        Assert.False(second.IsCompleted || third.IsCompleted);
        End(RunReport.Empty);
        await Task.WhenAll(second, third);
        await _begun.WaitAsync(Cancellation);
        End(RunReport.Empty);
        await fourth;

        Assert.Empty(_ends);
    }

    [Fact]
    public async Task A_failure_fails_every_event_that_shares_the_run()
    {
        var first = AskAsync();
        await _begun.WaitAsync(Cancellation);
        var shared = new[] { AskAsync(), AskAsync() };

        End(RunReport.Empty);
        await _begun.WaitAsync(Cancellation);
        End(RunReport.Empty with { Failures = [new RunFailure(new ClusterName("east"), "no answer")] });

        await first;
        foreach (var ask in shared)
            Assert.Contains("east: no answer", (await Assert.ThrowsAsync<RunFailedException>(() => ask)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_ends_after_25_seconds_and_so_does_the_wait_for_it()
    {
        var first = AskAsync();
        await _begun.WaitAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(20));
        var second = AskAsync();

        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await _begun.WaitAsync(Cancellation);
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(20));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.True(_token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_run_goes_on_for_those_who_still_wait()
    {
        using var leaving = new CancellationTokenSource();
        var first = AskAsync();
        await _begun.WaitAsync(Cancellation);
        var (leaver, stayer) = (AskAsync(leaving.Token), AskAsync());

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        End(RunReport.Empty);
        await _begun.WaitAsync(Cancellation);
        Assert.False(_token.IsCancellationRequested);
        End(RunReport.Empty);

        await Task.WhenAll(first, stayer);
    }

    [Fact]
    public async Task Runs_of_other_names_do_not_wait()
    {
        var first = AskAsync();
        await _begun.WaitAsync(Cancellation);

        await _runs.RunAsync("other", _ => Task.FromResult(RunReport.Empty), Cancellation);

        Assert.False(first.IsCompleted);
        End(RunReport.Empty);
        await first;
    }

    [Fact]
    public async Task What_an_event_waits_for_first_counts_into_its_time()
    {
        var waited = _runs.WithinDeliveryAsync(
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return RunReport.Empty;
            },
            Cancellation);

        _time.Advance(TimeSpan.FromSeconds(25));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waited);
    }

    private Task<RunReport> AskAsync(CancellationToken? token = null) => _runs.RunAsync("name", RunAsync, token ?? Cancellation);

    private Task<RunReport> RunAsync(CancellationToken token)
    {
        _token = token;
        var end = new TaskCompletionSource<RunReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ends.Enqueue(end);
        _begun.Release();
        return end.Task.WaitAsync(token);
    }

    private void End(RunReport report) => _ends.Dequeue().SetResult(report);
}
