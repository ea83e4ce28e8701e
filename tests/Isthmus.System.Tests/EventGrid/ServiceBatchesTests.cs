using System.Threading.Channels;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

public sealed class ServiceBatchesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Channel<Run> _begun = Channel.CreateUnbounded<Run>();
    private readonly ServiceBatches _batches;

    public ServiceBatchesTests() => _batches = new ServiceBatches(
        (services, token) =>
        {
            var run = new Run(services, token);
            _begun.Writer.TryWrite(run);
            return run.End.Task.WaitAsync(token);
        },
        _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_runs_at_once_and_what_comes_meanwhile_goes_together()
    {
        var asked = new List<Task<RunReport>> { AskAsync("s0") };
        var first = await BegunAsync();
        Assert.Equal("s0", Assert.Single(first.Services).Name);
        asked.AddRange(Enumerable.Range(1, 9).Select(number => AskAsync($"s{number}")));
        Assert.False(_begun.Reader.TryRead(out _));

        first.End.SetResult(RunReport.Empty);
        var together = await BegunAsync();
        Assert.Equal(Enumerable.Range(1, 9).Select(number => $"s{number}"), together.Services.Select(service => service.Name));
        together.End.SetResult(RunReport.Empty);
        await Task.WhenAll(asked);
    }

    [Fact]
    public async Task Who_asks_during_a_run_gets_the_next_and_shares_it_with_all_who_do()
    {
        var before = AskAsync("a");
        var running = await BegunAsync();
        var during = new[] { AskAsync("a"), AskAsync("a") };
        running.End.SetResult(RunReport.Empty);
        await before;
        var next = await BegunAsync();
        Assert.Equal("a", Assert.Single(next.Services).Name);
        Assert.DoesNotContain(during, report => report.IsCompleted);
        next.End.SetResult(RunReport.Empty);
        await Task.WhenAll(during);
        Assert.False(_begun.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_fails_for_one_service_fails_for_no_other_and_what_fails_for_a_cluster_does_for_all()
    {
        var asked = await TogetherAsync("a", "b");
        var east = new ClusterName("east");
        asked.Run.End.SetResult(RunReport.Empty with { Failures = [new RunFailure(east, "refused") { Service = Name("a") }] });
        Assert.False((await asked.Reports[0]).Succeeded);
        Assert.True((await asked.Reports[1]).Succeeded);

        asked = await TogetherAsync("a", "b");
        asked.Run.End.SetResult(RunReport.Empty with { Failures = [new RunFailure(east, "silent")] });
        Assert.False((await asked.Reports[0]).Succeeded);
        Assert.False((await asked.Reports[1]).Succeeded);
    }

    [Fact]
    public async Task An_exception_reaches_all_and_the_next_run_begins()
    {
        for (var round = 0; round < 5; round++)
        {
            var asked = await TogetherAsync("a", "b");
            asked.Run.End.SetException(new InvalidOperationException("broken"));
            foreach (var report in asked.Reports)
                await Assert.ThrowsAsync<InvalidOperationException>(() => report);
        }
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_is_not_run_and_a_run_ends_when_all_who_wait_are_ended()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var blocker = AskAsync("x");
        var blocking = await BegunAsync();
        var gone = AskAsync("gone", first.Token);
        var stays = AskAsync("stays", second.Token);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        blocking.End.SetResult(RunReport.Empty);
        await blocker;
        var run = await BegunAsync();
        Assert.Equal("stays", Assert.Single(run.Services).Name);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stays);
        Assert.True(run.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_run_goes_on_when_its_deliveries_give_up_for_they_come_again()
    {
        using var patience = new CancellationTokenSource();
        var asked = _batches.RunAsync(Name("a"), patience.Token, Cancel);
        var run = await BegunAsync();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.False(run.Token.IsCancellationRequested);
        run.End.SetResult(RunReport.Empty);
    }

    [Theory]
    [InlineData(9, 12)]
    [InlineData(5, 25)]
    [InlineData(1, 50)]
    public async Task How_many_go_together_follows_from_how_long_they_take(int seconds, int expected)
    {
        var asked = new List<Task<RunReport>> { AskAsync("alone") };
        var alone = await BegunAsync();
        asked.AddRange(Enumerable.Range(0, 80).Select(number => AskAsync($"s{number}")));
        // What one takes says nothing of many.
        _time.Advance(TimeSpan.FromSeconds(10));
        alone.End.SetResult(RunReport.Empty);
        var run = await BegunAsync();
        Assert.Equal(25, run.Services.Count);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        run.End.SetResult(RunReport.Empty);
        run = await BegunAsync();
        Assert.Equal(expected, run.Services.Count);

        var all = Task.WhenAll(asked);
        while (!all.IsCompleted)
        {
            run.End.TrySetResult(RunReport.Empty);
            var next = _begun.Reader.WaitToReadAsync(Cancel).AsTask();
            if (await Task.WhenAny(all, next) == next)
                run = await BegunAsync();
        }
    }

    /// <summary>Services that wait while another runs, and the run that they get.</summary>
    private async Task<(Run Run, IReadOnlyList<Task<RunReport>> Reports)> TogetherAsync(params string[] names)
    {
        var blocker = AskAsync("x");
        var blocking = await BegunAsync();
        var reports = names.Select(name => AskAsync(name)).ToList();
        blocking.End.SetResult(RunReport.Empty);
        await blocker;
        var run = await BegunAsync();
        Assert.Equal(names, run.Services.Select(service => service.Name));
        return (run, reports);
    }

    private async Task<Run> BegunAsync() => await _begun.Reader.ReadAsync(Cancel);

    private Task<RunReport> AskAsync(string name, CancellationToken? token = null) => _batches.RunAsync(Name(name), Cancel, token ?? Cancel);

    private static ServiceName Name(string name) => new("shop", name);

    private sealed record Run(IReadOnlyList<ServiceName> Services, CancellationToken Token)
    {
        public TaskCompletionSource<RunReport> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
