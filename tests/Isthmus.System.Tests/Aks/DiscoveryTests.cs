using Isthmus.Core.Aks;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Isthmus.Runtime.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Aks;

public sealed class DiscoveryTests : IAsyncLifetime
{
    private static readonly (string, string) Tag = (AksTags.Mesh, "prod");
    private AksMesh? _mesh;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AksMesh Mesh => _mesh ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync()
    {
        _mesh = await AksMesh.StartAsync("east", "west");
        _mesh.Tag("east", Tag);
        _mesh.Tag("west", Tag);
        _mesh.WriteDiscoveryDocument();
        await _mesh.ExportAsync("west");
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();

    [Fact]
    public async Task Tagged_clusters_join_by_themselves_and_what_is_not_given_is_read_from_ARM()
    {
        await ResyncAsync();
        Assert.NotNull(await Mesh.EntryAsync("east"));
        var mesh = await ReadAsync();
        var east = mesh.Clusters[0];
        Assert.Equal(("east", "westeurope", WebhookReach.Relay, DnsKind.CoreDnsCustom), (east.Name.Value, east.Locality, east.WebhookReach, east.Dns));
        Assert.Equal(["10.244.0.0/16", "10.0.0.0/16"], east.PodCidrs.Concat(east.ServiceCidrs).Select(range => range.ToString()));
        Assert.EndsWith("/virtualNetworks/hub", east.VirtualNetwork, StringComparison.Ordinal);
        Assert.NotEqual(east.Network, mesh.Clusters[1].Network);
    }

    [Fact]
    public async Task Resource_Graph_is_asked_page_by_page_for_the_subscriptions_of_the_document_and_waits_for_its_quota()
    {
        Mesh.Arm.Quota = 1;
        await ResyncAsync();
        Assert.Equal(2, Mesh.Arm.Queries.Count);
        Assert.All(Mesh.Arm.Queries, query =>
        {
            Assert.Equal($"[\"{AksMesh.Subscription}\"]", query["subscriptions"]?.ToJsonString());
            Assert.Equal(1000, (int?)query["options"]?["$top"]);
        });
        Assert.Equal([null, "1"], Mesh.Arm.Queries.Select(query => query["options"]?["$skipToken"]?.ToString()));
        Assert.Equal(2, (await ReadAsync()).Clusters.Length);
    }

    [Fact]
    public async Task Subscriptions_are_asked_for_two_hundred_at_a_time_and_a_spent_quota_is_waited_for()
    {
        var others = Enumerable.Range(1, 200).Select(number => $"00000000-0000-0000-0000-{number:D12}");
        Mesh.WriteDocument("", $"  discovery: {{subscriptions: [{string.Join(", ", others.Append(AksMesh.Subscription))}]}}");
        Mesh.Arm.Quota = 0;
        var mesh = await Mesh.Instance().GetRequiredService<IMeshDocumentSource>().LookAsync(isDryRun: false, Cancel);
        Assert.Equal(["east", "west"], mesh.Clusters.Select(cluster => cluster.Name.Value));
        Assert.Empty(mesh.Notices);
        Assert.Equal([200, 1, 1], Mesh.Arm.Queries.Select(query => query["subscriptions"]?.AsArray().Count));
    }

    [Fact]
    public async Task What_Resource_Graph_refuses_is_told_and_the_known_clusters_stay()
    {
        await ResyncAsync();
        Mesh.Arm.Refuse("/providers/Microsoft.ResourceGraph", 403, "AuthorizationFailed");
        var report = await ResyncAsync();
        Assert.Contains(report.Warnings, warning => warning.Reason.Contains("no new clusters are found", StringComparison.Ordinal));
        Assert.NotNull(await Mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task While_storage_is_out_of_reach_webhooks_go_by_what_was_known_and_runs_fail()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var documents = Mesh.Instance(time).GetRequiredService<IMeshDocumentSource>();
        await documents.LookAsync(isDryRun: false, Cancel);
        Mesh.Blobs.Refuse(403);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(2, (await documents.ReadRecentAsync(Cancel)).Clusters.Length);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => documents.ReadAsync(Cancel));
    }

    [Fact]
    public async Task An_empty_answer_of_Resource_Graph_removes_nothing()
    {
        await ResyncAsync();
        Mesh.Arm.IsGraphBlind = true;
        await ResyncAsync();
        Assert.NotNull(await Mesh.EntryAsync("east"));
        Assert.Equal(2, (await ReadAsync(Mesh.Instance())).Clusters.Length);
    }

    [Theory]
    [InlineData(403, "AuthorizationFailed")]
    [InlineData(401, "InvalidAuthenticationTokenTenant")]
    [InlineData(404, "SubscriptionNotFound")]
    [InlineData(404, "InvalidResourceType")]
    [InlineData(404, "")]
    [InlineData(409, "Conflict")]
    public async Task A_refusal_is_not_taken_for_an_end_and_is_told(int status, string code)
    {
        await ResyncAsync();
        Mesh.Arm.IsGraphBlind = true;
        Mesh.Arm.Refuse(AksMesh.Id("west"), status, code);
        var report = await Mesh.Instance().GetRequiredService<ResyncReconciler>().RunAsync(Cancel);
        Assert.Contains(report.Warnings, warning => warning.Reason.Contains("/managedClusters/west stays as it was", StringComparison.Ordinal));
        Assert.NotNull(await Mesh.EntryAsync("east"));
        await Assert.ThrowsAsync<ArmUnreachableException>(() => Mesh.Instance().GetRequiredService<ClusterReconciler>().RunAsync(AksMesh.Id("west"), Cancel));
        Assert.Empty((await ReadAsync()).Gone);
    }

    [Theory]
    [InlineData("ResourceNotFound")]
    [InlineData("ResourceGroupNotFound")]
    public async Task Once_ARM_says_that_a_cluster_does_not_exist_what_it_exported_is_withdrawn(string code)
    {
        await ResyncAsync();
        Mesh.Events.Take();
        Mesh.Arm.Refuse(AksMesh.Id("west"), 404, code);
        Mesh.Cluster("west").Disconnect();
        var services = Mesh.Instance();
        var report = await services.GetRequiredService<ClusterReconciler>().RunAsync(AksMesh.Id("west").ToUpperInvariant(), Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Equal(["shop/reviews"], Mesh.Events.Take());
        report = await services.GetRequiredService<ServiceReconciler>().RunAsync(AksMesh.Reviews, null, Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Null(await Mesh.EntryAsync("east"));
        await ResyncAsync();
    }

    [Fact]
    public async Task A_cluster_of_the_document_that_is_gone_is_withdrawn_too_and_its_entry_is_told_to_go()
    {
        Mesh.WriteDiscoveryDocument($"{{name: occident, network: n, gateway: {{addresses: [20.0.0.2]}}, access: {{aks: {AksMesh.Id("west")} }} }}");
        await ResyncAsync();
        Assert.NotNull(await Mesh.EntryAsync("east"));
        Mesh.Arm.Remove(AksMesh.Id("west"));
        var report = await ResyncAsync();
        Assert.Null(await Mesh.EntryAsync("east"));
        Assert.Contains(report.Warnings, warning => warning.Reason.Contains("cluster occident does not exist any more", StringComparison.Ordinal));
        Mesh.Arm.Put(AksMesh.Resource("west"), AksMesh.UserKubeconfig(Mesh.Cluster("west")));
        await ResyncAsync();
        Assert.NotNull(await Mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task A_cluster_joins_by_its_own_event_where_the_document_lets_it_and_nowhere_else()
    {
        const string Elsewhere = "99999999-2222-3333-4444-555555555555";
        Mesh.Arm.IsGraphBlind = true;
        await Mesh.Instance().GetRequiredService<ClusterReconciler>().RunAsync(AksMesh.Id("east"), Cancel);
        var foreign = AksMesh.Resource("west", Elsewhere);
        foreign["tags"] = new global::System.Text.Json.Nodes.JsonObject { [AksTags.Mesh] = "prod" };
        Mesh.Arm.Put(foreign, AksMesh.UserKubeconfig(Mesh.Cluster("west")));
        await Mesh.Instance().GetRequiredService<ClusterReconciler>().RunAsync(AksMesh.Id("west", Elsewhere), Cancel);
        Mesh.Tag("west", (AksTags.Mesh, "another"));
        await Mesh.Instance().GetRequiredService<ClusterReconciler>().RunAsync(AksMesh.Id("west"), Cancel);
        Assert.Equal(["east"], (await ReadAsync(Mesh.Instance())).Clusters.Select(cluster => cluster.Name.Value));
    }

    [Theory]
    [InlineData("resource-manager", "Microsoft.Resources.ResourceWriteSuccess", "Microsoft.Resources.ResourceDeleteSuccess")]
    [InlineData("kubernetes-service", "Microsoft.ContainerService.NodePoolRollingSucceeded", "Microsoft.Resources.ResourceDeleteSuccess")]
    public async Task Events_of_Azure_let_clusters_join_and_withdraw_those_that_ARM_has_no_more(string name, string written, string deleted)
    {
        Mesh.Arm.IsGraphBlind = true;
        foreach (var cluster in new[] { "east", "west" })
            await TellAsync(written, AksMesh.Id(cluster));
        Assert.Equal(2, (await ReadAsync()).Clusters.Length);
        await ServeAsync();
        Assert.True(await Mesh.EntryAsync("east") is not null, name);
        // The event alone says nothing: the cluster is there still.
        await TellAsync(deleted, AksMesh.Id("west"));
        await ServeAsync();
        Assert.NotNull(await Mesh.EntryAsync("east"));
        Mesh.Arm.Remove(AksMesh.Id("west"));
        Mesh.Events.Take();
        await TellAsync(deleted, AksMesh.Id("west"));
        Assert.Contains("shop/reviews", Mesh.Events.Take());
        await ServeAsync();
        Assert.Null(await Mesh.EntryAsync("east"));

        async Task ServeAsync() => Assert.True((await Mesh.Instance().GetRequiredService<ServiceReconciler>().RunAsync(AksMesh.Reviews, null, Cancel)).Succeeded);

        Task TellAsync(string type, string id) => Mesh.Instance().GetRequiredService<ClusterEvents>().HandleAsync(
            $$"""{"id":"1","eventType":"{{type}}","topic":"/subscriptions/{{AksMesh.Subscription}}","subject":"{{id}}","eventTime":"2026-01-01T00:00:00Z","dataVersion":"2","data":{} }""", Cancel);
    }

    [Fact]
    public async Task A_full_run_withdraws_whatever_a_cluster_exported_that_is_gone_and_nothing_that_only_looks_so()
    {
        for (var number = 0; number < 8; number++)
            await Mesh.ExportAsync("west", $"other-{number}");
        await ResyncAsync();
        Mesh.Arm.Remove(AksMesh.Id("west"));
        await ResyncAsync();
        for (var number = 0; number < 8; number++)
            Assert.Null(await Mesh.EntryAsync("east", $"other-{number}.shop.global"));
    }

    [Fact]
    public async Task A_cluster_that_Azure_is_still_creating_joins_once_it_is_there()
    {
        Mesh.Arm.IsGraphBlind = true;
        Make("Creating");
        await Assert.ThrowsAsync<ArmUnreachableException>(() => Mesh.Instance().GetRequiredService<ClusterReconciler>().RunAsync(AksMesh.Id("east"), Cancel));
        Assert.Empty((await ReadAsync()).Clusters);
        Make("Succeeded");
        Assert.True((await Mesh.Instance().GetRequiredService<ClusterReconciler>().RunAsync(AksMesh.Id("east"), Cancel)).Succeeded);
        Assert.Single((await ReadAsync()).Clusters);

        void Make(string state) => Mesh.Arm.Change(AksMesh.Id("east"), resource =>
        {
            if (resource["properties"] is { } properties)
                properties["provisioningState"] = state;
        });
    }

    [Fact]
    public async Task A_plan_shows_what_would_join_and_keeps_nothing_of_it()
    {
        var plan = await Mesh.Instance().GetRequiredService<ResyncReconciler>().PlanAsync(Cancel);
        Assert.Contains(plan.Changes, entry => entry.Kind == "ServiceEntry" && entry.Cluster.Value == "east");
        Assert.Null(Mesh.Blobs.Read("mesh.yaml.clusters"));
        Assert.Null(await Mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task Instances_that_look_at_once_lose_nothing_of_each_others()
    {
        var hasWritten = false;
        Mesh.Blobs.Before = async (method, path) =>
        {
            if (method != "PUT" || !path.EndsWith(".clusters", StringComparison.Ordinal) || hasWritten)
                return;
            hasWritten = true;
            await Mesh.Instance().GetRequiredService<IMeshDocumentSource>().LookAtAsync(AksMesh.Id("west"), Cancel);
        };
        await Mesh.Instance().GetRequiredService<IMeshDocumentSource>().LookAtAsync(AksMesh.Id("east"), Cancel);
        Assert.Equal(["east", "west"], (await ReadAsync(Mesh.Instance())).Clusters.Select(cluster => cluster.Name.Value));
    }

    [Fact]
    public async Task A_cluster_leaves_by_its_state_tag_and_is_forgotten_when_its_tags_go()
    {
        await ResyncAsync();
        Mesh.Tag("west", Tag, (AksTags.State, "leaving"));
        await ResyncAsync();
        Assert.Null(await Mesh.EntryAsync("east"));
        Mesh.Tag("west");
        await ResyncAsync();
        Assert.Equal(["east"], (await ReadAsync()).Clusters.Select(cluster => cluster.Name.Value));
    }

    [Fact]
    public async Task A_cluster_that_only_lost_its_tag_stays_and_is_told()
    {
        await ResyncAsync();
        Mesh.Tag("west");
        var report = await ResyncAsync();
        Assert.Contains(report.Warnings, warning => warning.Reason.Contains("cluster west joined by its tag", StringComparison.Ordinal));
        Assert.NotNull(await Mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task A_broken_register_is_not_written_over()
    {
        Mesh.Blobs.Write("mesh.yaml.clusters", "[]");
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Mesh.Instance().GetRequiredService<ResyncReconciler>().RunAsync(Cancel));
        Assert.Equal("[]", Mesh.Blobs.Read("mesh.yaml.clusters"));
    }

    private async Task<RunReport> ResyncAsync()
    {
        var report = await Mesh.Instance().GetRequiredService<ResyncReconciler>().RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        return report;
    }

    private Task<MeshDocument> ReadAsync(IServiceProvider? services = null) => (services ?? Mesh.Instance()).GetRequiredService<IMeshDocumentSource>().ReadAsync(Cancel);
}
