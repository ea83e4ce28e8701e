using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>
/// One control plane for three clusters, of which two share a network: runs that die after one, two or three writes in turn, through joining,
/// changes, renewal, leaving. What is left is what undisturbed runs leave, and every token in use works.
/// </summary>
public sealed class ControlPlaneCrashTests
{
    private const string East = "name: east, network: n1, gateway: {addresses: [20.0.0.1]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]";
    private const string West = "name: west, network: n1, controlPlane: east, gateway: {addresses: [20.0.0.2]}, podCidrs: [10.2.0.0/16], serviceCidrs: [10.102.0.0/16]";
    private const string North = "name: north, network: n3, controlPlane: east, gateway: {service: istio-system/gw}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]";

    private static readonly string[] All = ["east", "west", "north"];

    private static readonly Func<ServedMesh, MovableClock, Task>[] Steps =
    [
        async (mesh, _) =>
        {
            foreach (var cluster in All)
                await mesh.CreateAsync(cluster, ResourceKind.Namespace, "{metadata: {name: shop}}");
            await mesh.CreateAsync("north", ResourceKind.Namespace, "{metadata: {name: istio-system}}");
            await mesh.MoveGatewayAsync("north", "20.0.0.3");
            await mesh.ServeAsync("west", "reviews", isExported: true);
            await mesh.ServeAsync("north", "ratings");
        },
        async (mesh, _) =>
        {
            await mesh.MoveGatewayAsync("north", "20.0.0.9");
            await mesh.Api("west").DeleteAsync(ResourceKind.Service, await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews") ?? [], Cancel);
            await mesh.ServeAsync("west", "orders", port: 8080);
        },
        (_, clock) =>
        {
            clock.Advance(TimeSpan.FromDays(4));
            return Task.CompletedTask;
        },
        (mesh, _) => mesh.WriteDocumentAsync(East, West + ", state: leaving", North),
        (mesh, _) => mesh.WriteDocumentAsync(East, West + ", state: leaving", North + ", state: leaving"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_dies_after_any_write_is_finished_by_the_next_ones()
    {
        var (clock, otherClock) = (new MovableClock(), new MovableClock());
        await using var undisturbed = await ServedMesh.StartAsync([East, West, North], clock);
        await using var disturbed = await ServedMesh.StartAsync([East, West, North], otherClock);
        foreach (var step in Steps)
        {
            await step(undisturbed, clock);
            await step(disturbed, otherClock);
            await undisturbed.RunAsync();
            // A token and the Secret that takes it are two writes, so a run that always died after its first would never get further.
            var runs = 0;
            while (!await SurvivesAsync(disturbed, 1 + (runs % 3)))
                Assert.True(++runs < 100, "the runs do not come to an end");
            Assert.True(runs > 0, "no run died");
            Assert.Equal(await StateAsync(undisturbed), await StateAsync(disturbed));
            await TokensWorkAsync(disturbed);
            var idle = new WatchedRequests();
            await disturbed.RunAsync(idle);
            Assert.Equal(0, idle.Writes);
        }
    }

    private static async Task<bool> SurvivesAsync(ServedMesh mesh, int diesAfter)
    {
        var died = await Record.ExceptionAsync(() => mesh.TryRunAsync(new WatchedRequests { DiesAfterWrites = diesAfter }));
        Assert.True(died is null or RunnerDiedException, $"{died}");
        return died is null;
    }

    private static async Task TokensWorkAsync(ServedMesh mesh)
    {
        foreach (var cluster in All)
        {
            if (await mesh.KubeconfigAsync("east", cluster) is not { } kubeconfig)
                continue;
            using var istiod = ServedMesh.ClientOf(cluster, kubeconfig);
            await istiod.ListAsync(ResourceKind.Pod, null, null, null, Cancel);
        }
    }

    /// <summary>All that a run of these steps writes, without what is another in each cluster: tokens, times, addresses, versions.</summary>
    private static async Task<string> StateAsync(ServedMesh mesh)
    {
        var lines = new List<string>();
        foreach (var cluster in All)
        {
            foreach (var kind in new[] { ResourceKind.Secret, ResourceKind.ServiceAccount, ResourceKind.ClusterRole, ResourceKind.ClusterRoleBinding, ResourceKind.Namespace, ResourceKind.MutatingWebhookConfiguration, ResourceKind.ValidatingWebhookConfiguration })
                lines.AddRange((await mesh.Api(cluster).ListAsync(kind, null, "app.kubernetes.io/managed-by=isthmus", null, Cancel)).Select(live => $"{cluster} {kind} {live.Name()} {live["rules"]?.ToJsonString()} {live["subjects"]?.ToJsonString()}"));
            foreach (var kind in cluster == "east" ? new[] { ResourceKind.Gateway, ResourceKind.ServiceEntry, ResourceKind.DestinationRule } : [])
                lines.AddRange((await mesh.Api(cluster).ListAsync(kind, null, null, null, Cancel)).Select(live => $"{cluster} {kind} {live.Name()} {live["spec"]?.ToJsonString()}"));
            lines.AddRange((await mesh.Api(cluster).ListAsync(ResourceKind.Service, "shop", null, null, Cancel))
                .Select(live => $"{cluster} {live.Name()} {live.Label("isthmus.dev/mirror")} {live.Annotation("isthmus.dev/mirror-of")} {live["spec"]?["ports"]?.ToJsonString()}"));
            var root = await mesh.FindAsync(cluster, ResourceKind.Namespace, null, "istio-system");
            lines.Add($"{cluster} {root?["metadata"]?["labels"]?.ToJsonString()} {root?["metadata"]?["annotations"]?.ToJsonString()}");
        }

        lines.Add((await mesh.FindAsync("east", ResourceKind.ConfigMap, "istio-system", "istio"))?["data"]?.ToJsonString() ?? "");
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }
}
