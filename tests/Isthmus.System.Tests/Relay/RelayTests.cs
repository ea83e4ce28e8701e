using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Relay;
using Isthmus.Core.Webhooks;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Relay;

/// <summary>A real nginx between an API server and the functions.</summary>
public sealed partial class RelayTests
{
    private static readonly ClusterName West = new("west");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("none", 1000)]
    [InlineData("istiod", 200)]
    public async Task A_thousand_pods_are_created_while_the_functions_start_again_and_at_most_in_the_gap_one_is_left_to_istiod(string fallback, int pods)
    {
        const int beside = 8;
        await using var cluster = await RelayedCluster.StartAsync(fallback);
        Assert.True(RelayedCluster.IsInjected(await cluster.CreatePodAsync("first")));
        var created = 0;
        var missed = 0;
        var missedOutside = 0;
        // Even: the functions are up.
        var phase = 0;
        var restart = Task.CompletedTask;
        await Parallel.ForAsync(0, pods, new ParallelOptions { MaxDegreeOfParallelism = beside, CancellationToken = Cancel }, async (number, _) =>
        {
            if (number == pods / 3)
                restart = Task.Run(RestartAsync, Cancel);
            var before = Volatile.Read(ref phase);
            var pod = await cluster.CreatePodAsync($"app-{number}");
            Interlocked.Increment(ref created);
            if (RelayedCluster.IsInjected(pod))
                return;
            Interlocked.Increment(ref missed);
            if (before % 2 == 0 && before == Volatile.Read(ref phase))
                Interlocked.Increment(ref missedOutside);
        });
        await restart;

        Assert.Equal(pods, created);
        Assert.Equal(0, missedOutside);
        if (fallback == "none")
            Assert.Equal(0, missed);
        ConformanceReport.Write($"relay-{fallback}", $"fallback {fallback}: {pods} pods through API server, nginx and functions: {created} created, {pods - missed} injected, {missed} left to istiod while the functions started again");

        async Task RestartAsync()
        {
            Interlocked.Increment(ref phase);
            await cluster.Functions.StopAsync();
            await cluster.Functions.StartAsync();
            // The first answer after a start: what came before it may have met the gap.
            await cluster.CreatePodAsync("after");
            Interlocked.Increment(ref phase);
        }
    }

    [Fact]
    public async Task Changes_reach_the_functions_and_webhooks_hold_no_token()
    {
        await using var cluster = await RelayedCluster.StartAsync();
        var (injection, changes) = WebhookPlanner.Ids(West);
        foreach (var id in new[] { injection, changes })
        {
            var configuration = (await cluster.FindAsync(id))?.ToJsonString() ?? "";
            Assert.DoesNotContain("/api/clusters", configuration, StringComparison.Ordinal);
            Assert.All(Tokens(cluster), token => Assert.DoesNotContain(token, configuration, StringComparison.Ordinal));
        }

        await (await cluster.ApiAsync()).CreateAsync(ResourceKind.Service, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject { ["name"] = "reviews", ["namespace"] = "shop", ["labels"] = new JsonObject { ["isthmus.dev/export"] = "true" } },
            ["spec"] = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["port"] = 80 }) },
        }, Cancel);
        Assert.Contains("reviews", Assert.Single(cluster.Functions.Told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_opens_nothing_until_the_relay_has_the_right_one()
    {
        await using var cluster = await RelayedCluster.StartAsync(prepare: cluster => cluster.Functions.RelayKey = [.. Enumerable.Repeat((byte)9, 32)]);
        using (var caller = cluster.Caller(await cluster.BundleAsync()))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(caller, "/inject/cluster/west/net/n")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(caller, "/changes")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(caller, "/v3/discovery:endpoints")).Status);
        }

        Assert.False(RelayedCluster.IsInjected(await cluster.CreatePodAsync("missed")));
        cluster.Functions.RelayKey = cluster.Functions.Key;
        var before = await HashAsync(cluster);
        await cluster.ReconcileAsync();
        // Another template: pods are replaced.
        Assert.NotEqual(before, await HashAsync(cluster));
        await cluster.StartNginxAsync();
        Assert.True(RelayedCluster.IsInjected(await cluster.CreatePodAsync("injected")));
    }

    [Theory]
    [InlineData("istiod", "Ignore")]
    [InlineData("none", "Fail")]
    public async Task Functions_that_are_down_are_answered_for_at_once_as_the_failurePolicy_says(string fallback, string policy)
    {
        await using var cluster = await RelayedCluster.StartAsync(fallback);
        await cluster.Functions.StopAsync();
        using (var caller = cluster.Caller(await cluster.BundleAsync()))
        {
            var (status, body, took) = await PostAsync(caller, "/inject/cluster/west/net/n?timeout=8s");
            Assert.Equal(HttpStatusCode.InternalServerError, status);
            Assert.Contains($"failurePolicy {policy}", body, StringComparison.Ordinal);
            Assert.True(took < TimeSpan.FromSeconds(8), $"{took}");
        }

        if (policy == "Ignore")
        {
            Assert.False(RelayedCluster.IsInjected(await cluster.CreatePodAsync("app")));
        }
        else
        {
            var refused = await Assert.ThrowsAsync<Isthmus.Runtime.Kubernetes.ClusterApiException>(() => cluster.CreatePodAsync("app"));
            Assert.Contains("did not answer in time", refused.Message, StringComparison.Ordinal);
        }

        await cluster.Functions.StartAsync();
        Assert.True(RelayedCluster.IsInjected(await cluster.CreatePodAsync("again")));
        await NothingIsToldAsync(cluster);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Functions_that_take_a_call_and_never_answer_are_given_up_within_the_webhooks_timeout(bool hasTls)
    {
        await using var cluster = await RelayedCluster.StartAsync();
        await cluster.Functions.StopAsync();
        using var silent = new TcpListener(IPAddress.Loopback, cluster.Functions.Port);
        if (hasTls)
        {
            await cluster.Functions.StartSilentAsync();
            await cluster.ReconcileAsync();
            await cluster.StartNginxAsync();
        }
        else
        {
            silent.Start();
        }

        using var caller = cluster.Caller(await cluster.BundleAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync(caller, "/changes?timeout=1s")).Status);
        var seconds = Seconds().Match(await cluster.LoggedAsync()).Groups[1].Value;
        Assert.True(double.Parse(seconds, CultureInfo.InvariantCulture) < ChangeWebhooks.TimeoutSeconds, seconds);
        await NothingIsToldAsync(cluster);
    }

    [Theory]
    [InlineData(true, RelayedFunctions.Name)]
    [InlineData(false, "elsewhere.test")]
    public async Task Functions_with_a_certificate_of_somebody_else_get_no_token(bool isStranger, string name)
    {
        await using var cluster = await RelayedCluster.StartAsync();
        await cluster.Functions.StopAsync();
        await cluster.Functions.StartAsync(isStranger, name);
        using var caller = cluster.Caller(await cluster.BundleAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync(caller, "/changes")).Status);
        await NothingIsToldAsync(cluster);
    }

    [Fact]
    public async Task A_name_that_is_not_known_yet_is_looked_up_again_without_a_restart()
    {
        await using var cluster = await RelayedCluster.StartAsync(prepare: cluster => cluster.Dns.Address = null);
        using var caller = cluster.Caller(await cluster.BundleAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync(caller, "/inject/cluster/west/net/n")).Status);
        cluster.Dns.Address = IPAddress.Loopback;
        Assert.True(RelayedCluster.IsInjected(await cluster.CreatePodAsync("app")));
    }

    [Fact]
    public async Task A_certificate_is_renewed_without_a_restart_and_without_a_call_that_fails()
    {
        // Made long ago, it ends within the month.
        await using var cluster = await RelayedCluster.StartAsync(prepare: cluster => cluster.Time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-705)));
        var old = await cluster.BundleAsync();
        Assert.True(RelayedCluster.IsInjected(await cluster.CreatePodAsync("before")));

        cluster.Time.SetUtcNow(DateTimeOffset.UtcNow);
        await cluster.ReconcileAsync();
        var both = await cluster.BundleAsync();
        Assert.EndsWith(old, both, StringComparison.Ordinal);
        Assert.NotEqual(old, both);
        // Volumes follow later: the old certificate is still served.
        Assert.True(RelayedCluster.IsInjected(await cluster.CreatePodAsync("between")));
        await cluster.MountAsync();

        using (var caller = cluster.Caller(both[..^old.Length]))
            Assert.Equal(HttpStatusCode.NoContent, (await caller.GetAsync(new Uri("/healthz", UriKind.Relative), Cancel)).StatusCode);
        using (var caller = cluster.Caller(old))
            Assert.IsType<AuthenticationException>((await Assert.ThrowsAsync<HttpRequestException>(() => caller.GetAsync(new Uri("/healthz", UriKind.Relative), Cancel))).InnerException);
        Assert.True(RelayedCluster.IsInjected(await cluster.CreatePodAsync("after")));
        var secret = await cluster.FindAsync(RelayNames.Certificate(West));
        await cluster.ReconcileAsync();
        Assert.Equal(secret?.ResourceVersion(), (await cluster.FindAsync(RelayNames.Certificate(West)))?.ResourceVersion());
    }

    [Fact]
    public async Task It_serves_the_webhooks_and_discovery_and_nothing_else()
    {
        await using var cluster = await RelayedCluster.StartAsync();
        using var caller = cluster.Caller(await cluster.BundleAsync());
        // A request without a node: the function has read it.
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(caller, "/v3/discovery:endpoints")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(caller, "/api/status")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(caller, "/changes/more")).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await PostAsync(caller, "/inject/../../../../status")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await caller.GetAsync(new Uri("/changes", UriKind.Relative), Cancel)).StatusCode);
        await NothingIsToldAsync(cluster);
    }

    [Fact]
    public async Task Webhooks_wait_for_a_pod_that_is_ready_and_stay_when_none_is_any_more()
    {
        await using var cluster = await RelayedCluster.StartAsync();
        var (injection, _) = WebhookPlanner.Ids(West);
        await cluster.SetReadyAsync(0);
        await cluster.ReconcileAsync();
        Assert.NotNull(await cluster.FindAsync(injection));
    }

    /// <summary>Neither log holds a token, a path or an address of the functions.</summary>
    private static async Task NothingIsToldAsync(RelayedCluster cluster)
    {
        var told = await cluster.LoggedAsync() + cluster.Nginx?.Errors;
        Assert.Contains("status ", told, StringComparison.Ordinal);
        Assert.All([.. Tokens(cluster), "/api/", "cluster/west", RelayedFunctions.Name], secret => Assert.DoesNotContain(secret, told, StringComparison.Ordinal));
    }

    private static string[] Tokens(RelayedCluster cluster) =>
        [.. Enum.GetValues<WebhookPurpose>().Select(purpose => WebhookToken.Compute(cluster.Functions.RelayKey, West, purpose))];

    private static async Task<string?> HashAsync(RelayedCluster cluster) =>
        (await cluster.FindAsync(RelayNames.Deployment(West)))?["spec"]?["template"]?["metadata"]?["annotations"]?.ToJsonString();

    private static async Task<(HttpStatusCode Status, string Body, TimeSpan Took)> PostAsync(HttpClient caller, string path)
    {
        var started = Stopwatch.GetTimestamp();
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await caller.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel), Stopwatch.GetElapsedTime(started));
    }

    [GeneratedRegex(@"seconds (\d+\.\d+)")]
    private static partial Regex Seconds();
}
