using System.Net;
using System.Text;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

public sealed class RemoteSecretTests
{
    private const string East = "name: east, network: n1";
    private const string West = "name: west, network: n2, controlPlane: east";
    private const string North = "name: north, network: n3, controlPlane: east";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Istiod_can_read_what_it_serves_and_change_nothing_there()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West, North]);
        await mesh.RunAsync();
        foreach (var cluster in new[] { "west", "north" })
        {
            using var istiod = ServedMesh.ClientOf(cluster, Assert.IsType<string>(await mesh.KubeconfigAsync("east", cluster)));
            foreach (var kind in new[] { ResourceKind.Service, ResourceKind.Pod, ResourceKind.Node, ResourceKind.Namespace, ResourceKind.EndpointSlice, ResourceKind.Secret })
                await istiod.ListAsync(kind, null, null, null, Cancel);
            var service = Assert.Single(await istiod.ListAsync(ResourceKind.Service, "default", null, null, Cancel));
            var refusal = await Assert.ThrowsAsync<ClusterApiException>(() => istiod.DeleteAsync(ResourceKind.Service, service, Cancel));
            Assert.Equal(403, refusal.Status);
        }

        var second = new WatchedRequests();
        await mesh.RunAsync(second);
        Assert.Equal(0, second.Writes);
    }

    [Fact]
    public async Task A_plan_asks_for_no_token_and_says_what_would_come()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West]);
        var first = await mesh.PlanAsync();
        Assert.Contains(first.Changes, entry => entry is { Kind: "ServiceAccount", Name: "istio-reader-east", Outcome: RunOutcome.Created });
        Assert.Contains(first.Changes, entry => entry is { Kind: "Secret", Name: "istio-remote-secret-west", Outcome: RunOutcome.Created });
        await mesh.RunAsync();
        await mesh.Api("east").DeleteAsync(ResourceKind.Secret, Assert.Single(await SecretsAsync(mesh)), Cancel);
        var report = await mesh.PlanAsync();
        Assert.Contains(report.Changes, entry => entry is { Kind: "Secret", Name: "istio-remote-secret-west", Outcome: RunOutcome.Created });
        Assert.Null(await mesh.KubeconfigAsync("east", "west"));
    }

    /// <summary>Readers that list all the time, through five lives of a token and ten renewals. A failure counts even where it was tried again.</summary>
    [Fact]
    public async Task Renewal_costs_a_reader_under_load_not_one_failed_list()
    {
        var clock = new MovableClock();
        await using var mesh = await ServedMesh.StartAsync([East, West, North], clock);
        await mesh.RunAsync();
        var readers = new[] { "west", "west", "north" }.Select(cluster => new IstiodReader(mesh, "east", cluster)).ToList();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var reading = Task.WhenAll(readers.Select(reader => Task.Run(() => UntilOneFailsAsync(reader), Cancel)));
        for (var renewal = 0; renewal < 10 && !stop.IsCancellationRequested; renewal++)
        {
            // A little over half of a token's seven days.
            clock.Advance(TimeSpan.FromDays(3.6));
            await mesh.RunAsync();
            // Each reader looks at the Secret again before days go by, as an istiod does that watches it: the round that it is in, and one more.
            await Task.WhenAny(reading, Task.WhenAll(readers.Select(reader => reader.TurnAsync(2, stop.Token))));
        }

        await stop.CancelAsync();
        await reading;
        Assert.Empty(readers.SelectMany(reader => reader.Failures));
        Assert.All(readers, reader => Assert.True(reader.Seen.Count >= 10, $"{reader.Seen.Count} kubeconfigs were seen"));

        async Task UntilOneFailsAsync(IstiodReader reader)
        {
            try
            {
                await reader.ReadAsync(stop.Token);
            }
            finally
            {
                await stop.CancelAsync();
            }
        }
    }

    [Theory]
    [InlineData(201, """{"kind":"TokenRequest","metadata":{},"status":{"token":"not-good","expirationTimestamp":"2099-01-01T00:00:00Z"}}""", "does not accept the token")]
    [InlineData(201, """{"kind":"TokenRequest","metadata":{},"status":{}}""", "holds no token")]
    [InlineData(403, """{"kind":"Status","status":"Failure","reason":"Forbidden","code":403,"message":"no tokens today"}""", "issued no token for isthmus-system/istio-reader-east: cluster west: no tokens today")]
    public async Task A_token_that_the_server_refuses_is_not_written_and_the_old_one_stays(int status, string answer, string reason)
    {
        var clock = new MovableClock();
        await using var mesh = await ServedMesh.StartAsync([East, West, North], clock);
        await mesh.RunAsync();
        var before = Assert.IsType<string>(await mesh.KubeconfigAsync("east", "west"));
        clock.Advance(TimeSpan.FromDays(4));
        var report = await mesh.TryRunAsync(new WatchedRequests { Answer = (cluster, request) => cluster.Value == "west" && IsTokenRequest(request) ? Answered(status, answer) : null });
        var failure = Assert.Single(report.Failures);
        Assert.Contains("istio-remote-secret-west", failure.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("not-good", failure.Reason, StringComparison.Ordinal);
        Assert.Equal(before, await mesh.KubeconfigAsync("east", "west"));
        using var istiod = ServedMesh.ClientOf("west", before);
        await istiod.ListAsync(ResourceKind.Service, null, null, null, Cancel);
        // Another cluster is renewed all the same, and the next run mends it.
        Assert.Contains(report.Changes, entry => entry.Name == "istio-remote-secret-north");
        await mesh.RunAsync();
        Assert.NotEqual(before, await mesh.KubeconfigAsync("east", "west"));
    }

    [Fact]
    public async Task A_new_token_is_tried_on_the_API_server_before_the_secret_is_written()
    {
        var clock = new MovableClock();
        await using var mesh = await ServedMesh.StartAsync([East, West], clock);
        await mesh.RunAsync();
        clock.Advance(TimeSpan.FromDays(4));
        var requests = new WatchedRequests();
        await mesh.RunAsync(requests);
        var sent = requests.Sent.ToList();
        var asked = sent.FindIndex(request => request.StartsWith("west POST", StringComparison.Ordinal) && request.Contains("/istio-reader-east/token", StringComparison.Ordinal));
        var tried = sent.FindIndex(asked + 1, request => request.StartsWith("west GET", StringComparison.Ordinal) && request.Contains("metadata.name%3Dkubernetes", StringComparison.Ordinal));
        var written = sent.FindIndex(request => request.StartsWith("east PUT", StringComparison.Ordinal) && request.Contains("/secrets/istio-remote-secret-west", StringComparison.Ordinal));
        Assert.True(asked >= 0 && tried > asked && written > tried, string.Join('\n', sent));
    }

    [Fact]
    public async Task A_cluster_that_leaves_is_let_go_and_then_no_token_of_it_works_any_more()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West, North]);
        await mesh.RunAsync();
        using var istiod = ServedMesh.ClientOf("west", Assert.IsType<string>(await mesh.KubeconfigAsync("east", "west")));
        await mesh.WriteDocumentAsync(East, West + ", state: leaving", North);
        var requests = new WatchedRequests();
        await mesh.RunAsync(requests);
        Assert.Null(await mesh.KubeconfigAsync("east", "west"));
        var refusal = await Assert.ThrowsAsync<ClusterApiException>(() => istiod.ListAsync(ResourceKind.Service, null, null, null, Cancel));
        Assert.Contains(refusal.Status, ServedMesh.Refusals);
        var deletions = requests.Sent.Where(request => request.Contains(" DELETE ", StringComparison.Ordinal)).ToList();
        var secret = deletions.FindIndex(request => request.Contains("istio-remote-secret-west", StringComparison.Ordinal));
        var account = deletions.FindIndex(request => request.Contains("serviceaccounts/istio-reader-east", StringComparison.Ordinal));
        Assert.True(secret >= 0 && secret < account, string.Join('\n', deletions));
        Assert.Null(await mesh.FindAsync("west", ResourceKind.ClusterRole, null, "isthmus-istio-reader"));
        Assert.Null(await mesh.FindAsync("west", ResourceKind.ClusterRoleBinding, null, "isthmus-istio-reader-east"));
        Assert.NotNull(await mesh.KubeconfigAsync("east", "north"));
    }

    [Fact]
    public async Task A_served_cluster_that_is_silent_keeps_its_secret_and_holds_up_nobody()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West, North]);
        await mesh.RunAsync();
        await mesh.Api("east").DeleteAsync(ResourceKind.Secret, (await SecretsAsync(mesh)).Single(secret => secret.Name().EndsWith("north", StringComparison.Ordinal)), Cancel);
        mesh.Cluster("west").Disconnect();
        var report = await mesh.TryRunAsync();
        Assert.Equal(new ClusterName("west"), Assert.Single(report.Failures).Cluster);
        Assert.NotNull(await mesh.KubeconfigAsync("east", "west"));
        Assert.NotNull(await mesh.KubeconfigAsync("east", "north"));
    }

    [Fact]
    public async Task An_account_that_was_made_anew_gets_a_new_token_at_the_next_run()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West]);
        await mesh.RunAsync();
        var account = await mesh.FindAsync("west", ResourceKind.ServiceAccount, "isthmus-system", "istio-reader-east");
        await mesh.Api("west").DeleteAsync(ResourceKind.ServiceAccount, account ?? [], Cancel);
        await mesh.RunAsync();
        using var istiod = ServedMesh.ClientOf("west", Assert.IsType<string>(await mesh.KubeconfigAsync("east", "west")));
        await istiod.ListAsync(ResourceKind.Service, null, null, null, Cancel);
    }

    private static async Task<IReadOnlyList<global::System.Text.Json.Nodes.JsonObject>> SecretsAsync(ServedMesh mesh) =>
        await mesh.Api("east").ListAsync(ResourceKind.Secret, "istio-system", "istio/multiCluster=true", null, Cancel);

    private static bool IsTokenRequest(HttpRequestMessage request) => request.RequestUri?.AbsolutePath.EndsWith("/token", StringComparison.Ordinal) == true;

    private static HttpResponseMessage Answered(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
