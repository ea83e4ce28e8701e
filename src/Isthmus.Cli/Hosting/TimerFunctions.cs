using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Hosting;

/// <summary>Runs timer functions on their schedules. A run that takes longer than its interval delays the next one: never two at once.</summary>
internal sealed class TimerFunctions(
    IReadOnlyList<FunctionDescriptor> functions, FunctionInvoker invoker, TimeProvider time, ILogger<TimerFunctions> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(functions.Where(function => function.Trigger is FunctionTrigger.Timer).Select(function => RepeatAsync(function, stoppingToken)));

    /// <summary>The schedules, checked before the host starts: a misspelt one would otherwise only never run.</summary>
    public static IEnumerable<string> Faults(IEnumerable<FunctionDescriptor> functions) =>
        from function in functions
        let timer = function.Trigger as FunctionTrigger.Timer
        where timer is not null && !NcrontabSchedule.TryParse(timer.Schedule, out _)
        select $"Function {function.Name}: '{timer.Schedule}' is not an NCRONTAB schedule (second minute hour day month day-of-week).";

    private async Task RepeatAsync(FunctionDescriptor function, CancellationToken stoppingToken)
    {
        if (function.Trigger is not FunctionTrigger.Timer timer || !NcrontabSchedule.TryParse(timer.Schedule, out var schedule))
            return;
        if (timer.RunOnStartup)
            await RunAsync(function, pastDue: false, stoppingToken);
        while (schedule.Next(time.GetUtcNow()) is { } next)
        {
            try
            {
                await Task.Delay(next - time.GetUtcNow(), time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await RunAsync(function, time.GetUtcNow() - next > TimeSpan.FromMinutes(1), stoppingToken);
        }
    }

    private async Task RunAsync(FunctionDescriptor function, bool pastDue, CancellationToken stoppingToken)
    {
        try
        {
            await invoker.InvokeAsync(function, new TimerInfo { IsPastDue = pastDue }, null, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogDebug("{Function}: stopped with the host.", function.Name);
        }
        // The trigger's one catch-all: a failed run is tried again at its next time.
        catch (Exception e)
        {
            logger.LogError(e, "{Function} failed.", function.Name);
        }
    }
}
