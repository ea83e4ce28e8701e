using System.Text.Json.Nodes;
using Isthmus.Embedded.Cluster;
using Xunit;

namespace Isthmus.System.Tests.Cluster;

/// <summary>What an embedded cluster does beyond the recorded exchanges: its network, its controllers, what it starts with.</summary>
public sealed class EmbeddedClusterTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const string Apply = "application/apply-patch+yaml";

    [Fact]
    public async Task A_disconnected_cluster_cannot_be_reached_and_keeps_its_content()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        await calls.OkAsync("POST", ConfigMaps, ConfigMap("c"));

        cluster.Disconnect();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => calls.SendAsync("GET", $"{ConfigMaps}/c"));
        cluster.Reconnect();

        Assert.Equal("c", (string?)(await calls.OkAsync("GET", $"{ConfigMaps}/c"))["metadata"]?["name"]);
    }

    [Fact]
    public async Task Disconnecting_ends_open_watches()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        using var reader = new StreamReader(await calls.WatchAsync($"{ConfigMaps}?watch=true&fieldSelector=metadata.name=none"));
        var read = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();

        cluster.Disconnect();

        await Assert.ThrowsAnyAsync<IOException>(() => read);
    }

    [Fact]
    public async Task Two_clusters_share_nothing()
    {
        await using var east = await StartAsync("east");
        await using var west = await StartAsync("west");
        using var toEast = new ClusterCalls(east);
        using var toWest = new ClusterCalls(west);

        await toEast.OkAsync("POST", ConfigMaps, ConfigMap("c"));

        Assert.NotEqual(east.Url, west.Url);
        Assert.Equal(404, (await toWest.SendAsync("GET", $"{ConfigMaps}/c")).Status);
        using var foreign = new ClusterCalls(west, east.AdminToken);
        Assert.Equal(401, (await foreign.SendAsync("GET", ConfigMaps)).Status);
    }

    [Fact]
    public async Task A_new_namespace_gets_its_service_account_and_the_clusters_ca()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);

        await calls.OkAsync("POST", "/api/v1/namespaces", Named("Namespace", "shop"));

        await calls.OkAsync("GET", "/api/v1/namespaces/shop/serviceaccounts/default");
        var ca = await calls.OkAsync("GET", "/api/v1/namespaces/shop/configmaps/kube-root-ca.crt");
        Assert.Equal(cluster.CaCertificatePem, (string?)ca["data"]?["ca.crt"]);
    }

    [Fact]
    public async Task Deleting_a_namespace_removes_what_is_in_it()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        await calls.OkAsync("POST", "/api/v1/namespaces", Named("Namespace", "shop"));
        await calls.OkAsync("POST", "/api/v1/namespaces/shop/configmaps", ConfigMap("c"));

        await calls.OkAsync("DELETE", "/api/v1/namespaces/shop");

        Assert.Equal(404, (await calls.SendAsync("GET", "/api/v1/namespaces/shop")).Status);
        Assert.Equal(404, (await calls.SendAsync("GET", "/api/v1/namespaces/shop/configmaps/c")).Status);
    }

    [Fact]
    public async Task A_finalizer_holds_its_namespace_up_until_it_goes()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        await calls.OkAsync("POST", "/api/v1/namespaces", Named("Namespace", "shop"));
        await calls.OkAsync("POST", "/api/v1/namespaces/shop/configmaps",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","finalizers":["example.com/hold"]}}""");

        await calls.OkAsync("DELETE", "/api/v1/namespaces/shop");
        Assert.Equal("Terminating", (string?)(await calls.OkAsync("GET", "/api/v1/namespaces/shop"))["status"]?["phase"]);

        await calls.OkAsync("PATCH", "/api/v1/namespaces/shop/configmaps/c", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        Assert.Equal(404, (await calls.SendAsync("GET", "/api/v1/namespaces/shop")).Status);
    }

    [Theory]
    [InlineData("Background", false)]
    [InlineData("Foreground", false)]
    [InlineData("Orphan", true)]
    public async Task An_owned_object_follows_its_owner_unless_orphaned(string policy, bool stays)
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        var owner = await calls.OkAsync("POST", ConfigMaps, ConfigMap("owner"));
        var reference = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["name"] = "owner", ["uid"] = owner["metadata"]?["uid"]?.DeepClone() };
        await calls.OkAsync("POST", ConfigMaps, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "owned", ["ownerReferences"] = new JsonArray(reference) },
        }.ToJsonString());

        await calls.OkAsync("DELETE", $"{ConfigMaps}/owner?propagationPolicy={policy}");

        Assert.Equal(404, (await calls.SendAsync("GET", $"{ConfigMaps}/owner")).Status);
        Assert.Equal(stays ? 200 : 404, (await calls.SendAsync("GET", $"{ConfigMaps}/owned")).Status);
    }

    [Fact]
    public async Task Initial_objects_are_there_from_the_start()
    {
        var pod = JsonNode.Parse("""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"i"}]},"status":{"phase":"Running"}}
            """)?.AsObject() ?? [];
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { InitialObjects = [pod] }, TestContext.Current.CancellationToken);
        using var calls = new ClusterCalls(cluster);

        var stored = await calls.OkAsync("GET", "/api/v1/namespaces/default/pods/p");

        Assert.Equal("Running", (string?)stored["status"]?["phase"]);
        Assert.Equal("Always", (string?)stored["spec"]?["restartPolicy"]);
    }

    [Fact]
    public async Task A_watch_from_before_a_compaction_is_too_old()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        var old = (string?)(await calls.OkAsync("GET", ConfigMaps))["metadata"]?["resourceVersion"];
        await calls.OkAsync("POST", ConfigMaps, ConfigMap("c"));
        cluster.CompactHistory();

        using var reader = new StreamReader(await calls.WatchAsync($"{ConfigMaps}?watch=true&resourceVersion={old}"));
        var happened = JsonNode.Parse(await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "");

        Assert.Equal("ERROR", (string?)happened?["type"]);
        Assert.Equal(410, (int?)happened?["object"]?["code"]);
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_service_account_may_do_what_its_role_allows()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        const string policy = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
        await calls.OkAsync("POST", $"{policy}/roles", """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["list"]}]}
            """);
        await calls.OkAsync("POST", $"{policy}/rolebindings", """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"r"},
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},"subjects":[{"kind":"ServiceAccount","name":"default","namespace":"default"}]}
            """);
        var token = await calls.OkAsync("POST", "/api/v1/namespaces/default/serviceaccounts/default/token",
            """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}""");
        using var account = new ClusterCalls(cluster, (string?)token["status"]?["token"]);

        Assert.Equal(200, (await account.SendAsync("GET", ConfigMaps)).Status);
        Assert.Equal(403, (await account.SendAsync("POST", ConfigMaps, ConfigMap("c"))).Status);
        Assert.Equal(403, (await account.SendAsync("GET", "/api/v1/namespaces/kube-system/configmaps")).Status);
    }

    [Fact]
    public async Task An_administrator_may_act_as_somebody_else()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);

        calls.ActAs("somebody");

        Assert.Equal(403, (await calls.SendAsync("GET", ConfigMaps)).Status);
    }

    [Fact]
    public async Task Status_and_spec_have_owners_of_their_own()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        const string pods = "/api/v1/namespaces/default/pods/p";
        const string applied = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"i"}]}}""";
        await calls.OkAsync("PATCH", $"{pods}?fieldManager=spec", applied, Apply);
        await calls.OkAsync("PATCH", $"{pods}/status?fieldManager=state", """{"status":{"phase":"Running"}}""", "application/merge-patch+json");

        var again = await calls.OkAsync("PATCH", $"{pods}?fieldManager=spec", applied, Apply);

        Assert.Equal("Running", (string?)again["status"]?["phase"]);
        var owners = again["metadata"]?["managedFields"]?.AsArray().Select(e => (string?)e?["manager"]);
        Assert.Equal(["spec", "state"], owners);
    }

    [Fact]
    public async Task Concurrent_patches_all_count()
    {
        await using var cluster = await StartAsync();
        using var calls = new ClusterCalls(cluster);
        await calls.OkAsync("POST", ConfigMaps, ConfigMap("c"));

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            calls.OkAsync("PATCH", $"{ConfigMaps}/c", $$$"""{"data":{"k{{{i}}}":"v"}}""", "application/merge-patch+json")));

        Assert.Equal(12, (await calls.OkAsync("GET", $"{ConfigMaps}/c"))["data"]?.AsObject().Count);
    }

    private static Task<EmbeddedCluster> StartAsync(string name = "test") =>
        EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Name = name }, TestContext.Current.CancellationToken);

    private static string ConfigMap(string name) => Named("ConfigMap", name);

    private static string Named(string kind, string name) =>
        new JsonObject { ["apiVersion"] = "v1", ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name } }.ToJsonString();
}
