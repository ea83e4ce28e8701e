using System.CommandLine;
using Isthmus.Cli.Hosting;
using Isthmus.Cli.Local;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Demo;

/// <summary><c>isthmus demo</c>: the whole pipeline on two embedded clusters, told step by step.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "End after the story; exit code 0 only if every observation held." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document instead of text." };
        var verbose = new Option<bool>("--verbose") { Description = "Log what functions and servers do, on standard error." };
        var broken = new Option<string?>("--break") { Description = "Break the function that the named step needs.", Hidden = true };
        var patience = new Option<int>("--patience") { Description = "Seconds that a step may take.", Hidden = true, DefaultValueFactory = _ => 15 };
        var command = new Command("demo", "Starts two clusters, a vault and an event grid in this process, and shows what Isthmus does with them.")
        {
            once, json, verbose, broken, patience,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(once),
            parsed.GetValue(json) ? new JsonDemoOutput(parsed.InvocationConfiguration.Output) : new TextDemoOutput(Terminal.For(parsed.InvocationConfiguration.Output)),
            parsed.GetValue(verbose),
            parsed.GetValue(broken),
            TimeSpan.FromSeconds(parsed.GetValue(patience)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool once, IDemoOutput output, bool verbose, string? broken, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var loggers = verbose ? StandardErrorLog.Create(LogLevel.Information) : null;
        try
        {
            return await TellAsync(once, output, loggers, broken, patience, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C: ended in the middle of the story, which then did not hold; ended after it, the command has done its work.
            return 130;
        }
    }

    private static async Task<int> TellAsync(
        bool once, IDemoOutput output, ILoggerFactory? loggers, string? broken, TimeSpan patience, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var results = new List<DemoStepResult>();
        var faults = new FunctionFaults();
        await using var environment = await StartAsync(faults, loggers, Tell, cancellationToken);
        if (environment is not null)
            await TellStepsAsync(environment, new DemoRunner(time, patience), faults, broken, Tell, cancellationToken);

        var failed = results.Find(result => !result.Ok);
        var stays = !once && environment is not null;
        output.End(results, failed, (long)time.GetElapsedTime(started).TotalMilliseconds, stays ? environment : null);
        if (stays)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return failed is null ? 0 : 1;

        void Tell(DemoStepResult result)
        {
            results.Add(result);
            output.Step(result);
        }
    }

    /// <summary>Starting is a step too: null where it failed, which <paramref name="tell"/> has then been told.</summary>
    private static async Task<DemoEnvironment?> StartAsync(
        FunctionFaults faults, ILoggerFactory? loggers, Action<DemoStepResult> tell, CancellationToken cancellationToken)
    {
        const string Title = "two clusters, a vault, an event grid and the functions start in this process";
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var environment = await DemoEnvironment.StartAsync(faults, loggers, cancellationToken);
            tell(Result(true, [.. environment.Clusters.Select(cluster => $"{cluster.Name}: {cluster.Server.Url}"),
                $"functions: {environment.Functions.Url} ({environment.Functions.Functions.Count} functions)"]));
            return environment;
        }
        // Whatever keeps the demo from starting is the first thing that its user has to hear.
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            tell(Result(false, [fault.Message]));
            return null;
        }

        DemoStepResult Result(bool ok, IReadOnlyList<string> observed) =>
            new("start", Title, ok, observed, (long)TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task TellStepsAsync(
        DemoEnvironment environment, DemoRunner runner, FunctionFaults faults, string? broken, Action<DemoStepResult> tell, CancellationToken cancellationToken)
    {
        foreach (var step in new DemoStory(environment).Steps())
        {
            if (step.Name == broken)
            {
                // The run of an earlier step goes on after what was looked for is there, and at its end asks for a look at every name.
                await environment.Events.IdleAsync(cancellationToken);
                faults.Broken = step.Function;
                // It repairs whatever an event missed, every quarter of an hour, so also this.
                faults.Fails = function => function == nameof(Functions.Resync);
            }

            var result = await runner.RunAsync(step, cancellationToken);
            tell(result);
            if (!result.Ok)
                return;
        }
    }
}
