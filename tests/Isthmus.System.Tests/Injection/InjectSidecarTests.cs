using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Webhooks;
using Isthmus.System.Tests.Functions;
using Xunit;

namespace Isthmus.System.Tests.Injection;

public sealed class InjectSidecarTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => [.. InjectionCase.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Injects_what_that_version_of_Istio_would(string version)
    {
        var hello = InjectionCase.Read(version, "hello");
        await using var cluster = await IstioCluster.StartAsync(hello.ClusterObjects());
        await using var host = await FunctionsHost.StartAsync(cluster.MeshYaml);

        JsonObject response = await ReviewAsync(host, "inject", hello.Review());

        Assert.Equal("u-1", (string?)response["uid"]);
        Assert.Equal(PodComparison.Normal(hello.Expected), PodComparison.Normal(Patched(response, hello.Pod)));
    }

    [Fact]
    public async Task Cluster_and_network_of_the_path_reach_the_sidecar()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");
        await using var cluster = await IstioCluster.StartAsync(hello.ClusterObjects());
        await using var host = await FunctionsHost.StartAsync(cluster.MeshYaml);

        JsonNode? pod = Patched(await ReviewAsync(host, "inject/cluster/west/net/vnet--slash--west", hello.Review()), hello.Pod);

        Assert.Equal("vnet/west", (string?)pod?["metadata"]?["labels"]?["topology.istio.io/network"]);
        Assert.Contains("{\"name\":\"ISTIO_META_CLUSTER_ID\",\"value\":\"west\"}", pod?.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_served_clusters_pods_get_what_its_control_plane_says_and_its_own_cluster_and_network()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");
        await using var controlPlane = await IstioCluster.StartAsync(hello.ClusterObjects());
        await using var served = await IstioCluster.StartAsync([]);
        await using var host = await FunctionsHost.StartAsync($$$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test}
            spec:
              clusters:
              - {name: east, network: n1, access: {kubeconfig: "{{{controlPlane.Kubeconfig}}}"}}
              - {name: west, network: n2, controlPlane: east, access: {kubeconfig: "{{{served.Kubeconfig}}}"}}
            """);

        JsonNode? pod = Patched(await ReviewAsync(host, "inject/cluster/west/net/n2", hello.Review()), hello.Pod);

        Assert.Equal("n2", (string?)pod?["metadata"]?["labels"]?["topology.istio.io/network"]);
        Assert.Contains("{\"name\":\"ISTIO_META_CLUSTER_ID\",\"value\":\"west\"}", pod?.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("{\"name\":\"ISTIO_META_NETWORK\",\"value\":\"n2\"}", pod?.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revision_and_a_tag_have_settings_of_their_own()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");
        JsonObject tag = InjectionCase.New("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "istio-revision-tag-prod", null, ("webhooks", new JsonArray()));
        (tag["metadata"] as JsonObject)?.Add("labels", new JsonObject { ["istio.io/tag"] = "prod", ["istio.io/rev"] = "canary" });
        await using var cluster = await IstioCluster.StartAsync([.. hello.ClusterObjects("canary"), tag]);
        await using var host = await FunctionsHost.StartAsync(cluster.MeshYaml);

        foreach (string revision in new[] { "canary", "prod" })
        {
            JsonNode? pod = Patched(await ReviewAsync(host, $"inject/isthmus-revision/{revision}/cluster/west", hello.Review()), hello.Pod);
            Assert.Contains("\"revision\":\"canary\"", (string?)pod?["metadata"]?["annotations"]?["sidecar.istio.io/status"], StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync(host, Address("inject"), hello.Review().ToJsonString())).StatusCode);
    }

    [Fact]
    public async Task The_users_fault_refuses_the_pod_and_says_why()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");
        await using var cluster = await IstioCluster.StartAsync(hello.ClusterObjects());
        await using var host = await FunctionsHost.StartAsync(cluster.MeshYaml);
        JsonObject pod = hello.Pod.DeepClone().AsObject();
        pod["metadata"]?.AsObject().Add("annotations", new JsonObject { ["status.sidecar.istio.io/port"] = "many" });

        JsonObject response = await ReviewAsync(host, "inject", hello.Review(pod));

        Assert.False((bool?)response["allowed"]);
        Assert.Contains("status.sidecar.istio.io/port", (string?)response["status"]?["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_fault_fails_the_call_with_the_reason()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");
        await using var cluster = await IstioCluster.StartAsync([]);
        await using var host = await FunctionsHost.StartAsync(cluster.MeshYaml);

        var missing = await PostAsync(host, Address("inject"), hello.Review().ToJsonString());
        cluster.Server.Disconnect();
        var silent = await PostAsync(host, Address("inject") + "?timeout=3s", hello.Review().ToJsonString());

        Assert.Equal(HttpStatusCode.InternalServerError, missing.StatusCode);
        Assert.Contains("has no ConfigMap istio-system/istio-sidecar-injector", await missing.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, silent.StatusCode);
        Assert.Contains("west", await silent.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_bodies_and_bad_callers_are_turned_away()
    {
        await using var cluster = await IstioCluster.StartAsync([]);
        await using var host = await FunctionsHost.StartAsync(cluster.MeshYaml);
        string wrongToken = $"/api/clusters/west/{FunctionsHost.Token("west", WebhookPurpose.Changes)}/inject";
        string wrongCluster = $"/api/clusters/east/{FunctionsHost.Token("west", WebhookPurpose.Inject)}/inject";

        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(host, wrongToken, "{}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(host, wrongCluster, "{}")).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync(host, Address("inject"), "{}", "text/plain")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(host, Address("inject"), "{")).StatusCode);
        // Half a surrogate pair: JSON by its grammar, but no text.
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(host, Address("inject"), """{"request":{"object":{"metadata":{"name":"\ud800"}}}}""")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(host, Address("inject"), "")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(host, Address("inject"), new string(' ', (6 * 1024 * 1024) + 1))).StatusCode);
    }

    private static async Task<JsonObject> ReviewAsync(FunctionsHost host, string path, JsonObject review)
    {
        using HttpResponseMessage answer = await PostAsync(host, Address(path) + "?timeout=10s", review.ToJsonString());
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, text);
        return Assert.IsType<JsonObject>(JsonNode.Parse(text)?["response"]);
    }

    private static JsonNode? Patched(JsonObject response, JsonObject pod)
    {
        byte[] patch = Convert.FromBase64String(response["patch"]?.ToString() ?? throw new InvalidOperationException(response.ToJsonString()));
        return JsonPatch.Apply(pod, Assert.IsType<JsonArray>(JsonNode.Parse(patch)));
    }

    private static string Address(string path) => $"/api/clusters/west/{FunctionsHost.Token("west", WebhookPurpose.Inject)}/{path}";

    private static Task<HttpResponseMessage> PostAsync(FunctionsHost host, string address, string body, string type = "application/json")
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return host.Client.PostAsync(new Uri(address, UriKind.Relative), content, Cancellation);
    }
}
