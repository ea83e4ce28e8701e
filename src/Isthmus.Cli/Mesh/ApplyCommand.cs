using System.CommandLine;
using System.Text.Json;
using Isthmus.Cli.Local;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Isthmus.Cli.Mesh;

/// <summary>
/// <c>isthmus apply</c>: one full reconciliation from here. On a terminal it shows the plan and asks first; in a script it does
/// not, since nobody could answer.
/// </summary>
internal static class ApplyCommand
{
    /// <summary>The exit code of what Ctrl-C ended, by convention.</summary>
    private const int Stopped = 130;

    public static Command Create()
    {
        var options = new MeshOptions();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask, also where there is a terminal." };
        var command = new Command("apply", "Brings every cluster to what the mesh document says, once.") { yes };
        options.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                await using var services = await options.ServicesAsync(parsed, stop);
                var reconciler = services.GetRequiredService<ResyncReconciler>();
                var asks = !parsed.GetValue(yes) && !options.Json(parsed) && Terminal.CanAsk(streams.Output);
                if (asks && !await ConfirmAsync(reconciler, streams, stop))
                {
                    streams.Error.WriteLine("nothing was applied");
                    return 1;
                }

                var report = await RunAsync(reconciler, options.Json(parsed), streams, stop);
                return report.Succeeded ? 0 : stop.IsCancellationRequested ? Stopped : 1;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                streams.Error.WriteLine("stopped before anything was written");
                return Stopped;
            }
            catch (Exception fault) when (CommandOptions.IsUsers(fault))
            {
                return CommandOptions.Fail(fault, streams.Error);
            }
        });
        return command;
    }

    private static async Task<bool> ConfirmAsync(ResyncReconciler reconciler, InvocationConfiguration streams, CancellationToken cancellationToken)
    {
        var plan = await reconciler.PlanAsync(cancellationToken);
        var writes = PlanSummary.Of(plan.Plan.Actions).Writes;
        if (writes == 0)
            return true;
        new PlanText(Terminal.Unwrapped(streams.Output)).Write(plan, onlySummary: false);
        RunText.Problems(plan, streams.Error);
        var console = Terminal.For(streams.Output);
        return await console.PromptAsync(new ConfirmationPrompt($"Apply {writes} changes?") { DefaultValue = false }, cancellationToken);
    }

    // Ctrl-C stops between two writes: cut off in the middle of one, nobody would know whether it landed.
    private static async Task<RunReport> RunAsync(ResyncReconciler reconciler, bool json, InvocationConfiguration streams, CancellationToken stop)
    {
        if (json)
        {
            var silent = await reconciler.RunAsync(new RunControl(null, stop), CancellationToken.None);
            streams.Output.WriteLine(silent.ToJson(entry => entry.Outcome != RunOutcome.Unchanged).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return silent;
        }

        var console = Terminal.For(streams.Output);
        var text = new ApplyText(console);
        var report = Terminal.IsShown(streams.Output)
            ? await console.Status().StartAsync(
                "Looking at the clusters", status => reconciler.RunAsync(new RunControl(text.Follow(line => status.Status = line), stop), CancellationToken.None))
            : await reconciler.RunAsync(new RunControl(text.Follow(null), stop), CancellationToken.None);
        text.End(report);
        RunText.Problems(report, streams.Error);
        return report;
    }
}
