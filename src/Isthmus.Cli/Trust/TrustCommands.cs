using System.CommandLine;
using Isthmus.Cli.Local;
using Isthmus.Cli.Mesh;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Trust;

/// <summary><c>isthmus trust status</c>, <c>rotate</c> and <c>abort</c>: the mesh's CA and the rotation of its root.</summary>
internal static class TrustCommands
{
    public static Command Create() => Create(services =>
    {
        services.AddAzure(CommandOptions.Azure);
        services.AddSingleton<ICertificateSource, KeyVaultCertificateSource>();
    });

    /// <param name="addSource">Registers where the CA comes from, and a clock where it is not the system's.</param>
    internal static Command Create(Action<IServiceCollection> addSource) => new("trust", "Shows the mesh's CA in the clusters, and rotates its root.")
    {
        Status(addSource), Rotate(addSource), Abort(addSource),
    };

    private static Command Status(Action<IServiceCollection> addSource)
    {
        var mesh = CommandOptions.Mesh();
        var json = Json();
        var command = new Command("status", "Shows the stage of each cluster, the roots, and what the next stage waits for.") { mesh, json };
        Run(command, mesh, json, addSource, (_, _, _) => Task.FromResult<RunReport?>(RunReport.Empty));
        return command;
    }

    private static Command Rotate(Action<IServiceCollection> addSource)
    {
        var mesh = CommandOptions.Mesh();
        var json = Json();
        var without = new Option<string[]>("--without")
        {
            Description = "A cluster that is lost: the rotation does not wait for it, and its workloads may lose the others.",
        };
        var restarted = new Option<bool>("--workloads-restarted")
        {
            Description = "States that every workload was restarted since istiod loaded the present stage in all clusters: the wait for certificates to run out ends.",
        };
        var pushed = new Option<bool>("--roots-are-pushed")
        {
            Description = "States that every proxy runs with PROXY_CONFIG_XDS_AGENT, so that new roots reach it at once: shortens the first stage.",
        };
        var command = new Command("rotate", "Brings the root of the vault's newest CA in by stages, or helps a rotation that is under way along.")
        {
            mesh, json, without, restarted, pushed,
        };
        Run(command, mesh, json, addSource, async (orders, parsed, token) =>
        {
            var names = (parsed.GetValue(without) ?? []).Select(name => new ClusterName(name)).ToList();
            TrustClaim? claim = parsed.GetValue(restarted) ? TrustClaim.WorkloadsRestarted : parsed.GetValue(pushed) ? TrustClaim.RootsArePushed : null;
            return claim is { } stated && names.Count == 0 ? await orders.StateAsync(stated, token)
                : claim is null ? await orders.RotateAsync(names, token)
                : await orders.RefuseAsync("--without goes by itself: give the cluster up first, then state what holds of the others");
        });
        return command;
    }

    private static Command Abort(Action<IServiceCollection> addSource)
    {
        var mesh = CommandOptions.Mesh();
        var json = Json();
        var command = new Command("abort", "Goes back to the roots of before. Possible until a cluster trusts the new root alone.") { mesh, json };
        Run(command, mesh, json, addSource, (orders, _, token) => orders.AbortAsync(token));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    /// <summary>Carries an order out, then shows how things stand. Null: it was refused, and the reason is told.</summary>
    private static void Run(
        Command command, Option<string> mesh, Option<bool> json, Action<IServiceCollection> addSource, Func<TrustOrderRun, ParseResult, CancellationToken, Task<RunReport?>> order) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                await using var services = Services(parsed.GetRequiredValue(mesh), addSource);
                var reconciler = services.GetRequiredService<TrustReconciler>();
                if (await order(new TrustOrderRun(reconciler, streams.Error), parsed, cancellationToken) is not { } report)
                    return 1;
                var look = await reconciler.StatusAsync(cancellationToken);
                TrustText.Print(look, parsed.GetValue(json), streams);
                foreach (var failure in report.Failures.Concat(look.Report.Failures).Distinct())
                    streams.Error.WriteLine($"{failure.Cluster?.Value ?? "mesh"}: {RunText.Plain(failure.Reason)}");
                return report.Succeeded && look.Report.Succeeded ? 0 : 1;
            }
            catch (Exception fault) when (CommandOptions.IsUsers(fault))
            {
                return CommandOptions.Fail(fault, streams.Error);
            }
        });

    private static ServiceProvider Services(string mesh, Action<IServiceCollection> addSource)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        addSource(services);
        services.AddSingleton(CommandOptions.Documents(mesh));
        services.AddReconcilers();
        return services.BuildServiceProvider();
    }
}
