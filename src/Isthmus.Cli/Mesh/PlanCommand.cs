using System.CommandLine;
using System.Text.Json;
using Isthmus.Cli.Local;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.DependencyInjection;

namespace Isthmus.Cli.Mesh;

/// <summary><c>isthmus plan</c>: what apply would change, as a diff or as JSON. Nothing is written.</summary>
internal static class PlanCommand
{
    /// <summary>With <c>--detailed-exitcode</c>, as terraform has it: there is something to do.</summary>
    private const int HasChanges = 2;

    public static Command Create()
    {
        var options = new MeshOptions();
        var summary = new Option<bool>("--summary") { Description = "Print one line for each object, without its content." };
        var detailed = new Option<bool>("--detailed-exitcode") { Description = "Exit with 2 where there is something to do, 0 where there is not, 1 on failure." };
        var command = new Command("plan", "Shows what apply would change, as a diff by cluster and object.") { summary, detailed };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                await using var services = await options.ServicesAsync(parsed, cancellationToken);
                var report = await services.GetRequiredService<ResyncReconciler>().PlanAsync(cancellationToken);
                if (options.Json(parsed))
                {
                    streams.Output.WriteLine(report.ToPlanJson().ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
                }
                else
                {
                    new PlanText(Terminal.Unwrapped(streams.Output)).Write(report, parsed.GetValue(summary));
                    RunText.Problems(report, streams.Error);
                }

                return !report.Succeeded ? 1 : parsed.GetValue(detailed) && report.Plan.HasWrites ? HasChanges : 0;
            }
            catch (Exception fault) when (CommandOptions.IsUsers(fault))
            {
                return CommandOptions.Fail(fault, streams.Error);
            }
        });
        return command;
    }
}
