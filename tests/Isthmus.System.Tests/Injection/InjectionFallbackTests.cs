using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;
using Isthmus.Functions;
using Isthmus.Runtime.Kubernetes;
using Isthmus.System.Tests.Functions;
using Xunit;

namespace Isthmus.System.Tests.Injection;

/// <summary>
/// Our webhook beside istiod's own, in one API server. istiod is played by a second host with the same settings, registered as Istio's chart
/// registers it. Where its URL names no cluster, a pod that says which cluster it is in was injected by us.
/// </summary>
public sealed class InjectionFallbackTests
{
    private const string Namespace = "shop";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pod_that_we_injected_passes_through_istiods_webhook_unchanged()
    {
        await using var scene = await Scene.StartAsync(istiodPath: "inject/cluster/west/net/n");

        // The same name both times, since the sidecar's variables hold it.
        var both = await scene.CreatePodAsync("p");
        await scene.RemoveAsync(ResourceKind.Pod, Namespace, "p");
        await scene.RemoveAsync(ResourceKind.MutatingWebhookConfiguration, null, Scene.IstiodConfiguration);
        var oursAlone = await scene.CreatePodAsync("p");

        Assert.Equal("west", Cluster(both));
        Assert.Equal(Substance(oursAlone), Substance(both));
    }

    [Fact]
    public async Task While_our_function_fails_istiod_injects()
    {
        await using var scene = await Scene.StartAsync();
        scene.Ours.Faults.Broken = nameof(InjectSidecar);

        AssertInjectedByIstiod(await scene.CreatePodAsync("p"));
    }

    [Fact]
    public async Task While_our_host_is_down_istiod_injects()
    {
        await using var scene = await Scene.StartAsync();
        await scene.Ours.DisposeAsync();

        AssertInjectedByIstiod(await scene.CreatePodAsync("p"));
    }

    [Fact]
    public async Task While_our_host_does_not_answer_istiod_injects()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        await using var scene = await Scene.StartAsync("{timeoutSeconds: 1}", new Uri($"https://{mute.LocalEndpoint}/"));

        AssertInjectedByIstiod(await scene.CreatePodAsync("p"));
    }

    [Fact]
    public async Task Where_our_settings_are_missing_istiod_injects()
    {
        // No control plane of that revision has settings here; istiod's webhook does not ask for it.
        await using var scene = await Scene.StartAsync("{revision: canary}");

        AssertInjectedByIstiod(await scene.CreatePodAsync("p", ("istio.io/rev", "canary")));
    }

    [Fact]
    public async Task A_users_fault_is_refused_and_does_not_reach_istiod()
    {
        await using var scene = await Scene.StartAsync();

        var refusal = await Assert.ThrowsAsync<ClusterApiException>(() => scene.CreatePodAsync("p", annotation: ("status.sidecar.istio.io/port", "many")));

        Assert.Contains(".inject.isthmus.dev\" denied the request", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("status.sidecar.istio.io/port", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_fallback_our_failure_refuses_the_pod()
    {
        await using var scene = await Scene.StartAsync("{fallback: none}");
        scene.Ours.Faults.Broken = nameof(InjectSidecar);

        var refusal = await Assert.ThrowsAsync<ClusterApiException>(() => scene.CreatePodAsync("p"));

        Assert.Contains("failed calling webhook \"namespace.default.inject.isthmus.dev\"", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("broken on purpose", refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertInjectedByIstiod(JsonObject pod)
    {
        Assert.Equal(1, Containers(pod).Count(name => name == "istio-proxy"));
        Assert.Null(Cluster(pod));
    }

    private static IEnumerable<string?> Containers(JsonObject pod) =>
        new[] { "containers", "initContainers" }.SelectMany(field => pod["spec"]?[field] as JsonArray ?? []).Select(container => (string?)container?["name"]);

    /// <summary>The cluster that the sidecar was told it is in.</summary>
    private static string? Cluster(JsonObject pod) =>
        (pod["spec"]?["containers"] as JsonArray ?? []).FirstOrDefault(container => (string?)container?["name"] == "istio-proxy")?["env"] is JsonArray variables
            ? variables.Where(variable => (string?)variable?["name"] == "ISTIO_META_CLUSTER_ID").Select(variable => (string?)variable?["value"]).FirstOrDefault(value => value == "west")
            : null;

    private static string Substance(JsonObject pod) => new JsonObject
    {
        ["spec"] = pod["spec"]?.DeepClone(),
        ["labels"] = pod["metadata"]?["labels"]?.DeepClone(),
        ["annotations"] = pod["metadata"]?["annotations"]?.DeepClone(),
    }.ToJsonString();

    /// <summary>A cluster with both webhooks registered and a namespace that wants sidecars.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        public const string IstiodConfiguration = "istio-sidecar-injector";

        private readonly IstioCluster _cluster;
        private readonly FunctionsHost _istiod;
        private readonly JsonObject _pod;

        private Scene(IstioCluster cluster, FunctionsHost ours, FunctionsHost istiod, JsonObject pod) =>
            (_cluster, Ours, _istiod, _pod) = (cluster, ours, istiod, pod);

        public FunctionsHost Ours { get; }

        public static async Task<Scene> StartAsync(string injection = "{timeoutSeconds: 10}", Uri? address = null, string istiodPath = "inject")
        {
            var hello = InjectionCase.Read("1.26.8", "hello");
            var cluster = await IstioCluster.StartAsync(hello.ClusterObjects());
            var ours = await FunctionsHost.StartAsync(cluster.MeshYaml);
            var istiod = await FunctionsHost.StartAsync(cluster.MeshYaml);
            var scene = new Scene(cluster, ours, istiod, hello.Pod);
            var mesh = MeshDocument.Parse($"{cluster.MeshYaml}\n  injection: {injection}\n").Document ?? throw new InvalidOperationException("the mesh does not hold");
            var settings = address is null ? ours.Webhooks : new WebhookSettings { BaseUrl = address, CaBundle = ours.Webhooks.CaBundle, Keys = ours.Webhooks.Keys };
            var plan = WebhookPlanner.Plan(mesh, mesh.Clusters[0], settings, new ClusterSetupSnapshot(null, [], []));
            foreach (var create in plan.Actions.OfType<PlannedAction.Create>().Where(action => action.Id.Kind != ResourceKind.ValidatingWebhookConfiguration))
                await cluster.Api.CreateAsync(create.Id.Kind, create.Content.DeepClone().AsObject(), Cancellation);
            await cluster.Api.CreateAsync(ResourceKind.MutatingWebhookConfiguration, IstiodWebhook(istiod.Webhooks, istiodPath), Cancellation);
            var ns = InjectionCase.New("v1", "Namespace", Namespace, null);
            ns["metadata"] = new JsonObject { ["name"] = Namespace, ["labels"] = new JsonObject { ["istio-injection"] = "enabled" } };
            await cluster.Api.CreateAsync(ResourceKind.Namespace, ns, Cancellation);
            return scene;
        }

        public async Task<JsonObject> CreatePodAsync(string name, (string Key, string Value)? label = null, (string Key, string Value)? annotation = null)
        {
            var pod = _pod.DeepClone().AsObject();
            var labels = new JsonObject { ["app"] = "hello" };
            if (label is { } one)
                labels[one.Key] = one.Value;
            var annotations = new JsonObject();
            if (annotation is { } other)
                annotations[other.Key] = other.Value;
            pod["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace, ["labels"] = labels, ["annotations"] = annotations };
            return await _cluster.Api.CreateAsync(ResourceKind.Pod, pod, Cancellation);
        }

        public async Task RemoveAsync(ResourceKind kind, string? ns, string name)
        {
            var live = await _cluster.Api.GetAsync(kind, ns, name, Cancellation);
            await _cluster.Api.DeleteAsync(kind, live ?? throw new InvalidOperationException($"{name} is gone"), Cancellation);
        }

        public async ValueTask DisposeAsync()
        {
            await _istiod.DisposeAsync();
            await Ours.DisposeAsync();
            await _cluster.DisposeAsync();
        }

        /// <summary>Istio's own webhook for labelled namespaces, as its chart writes it.</summary>
        private static JsonObject IstiodWebhook(WebhookSettings settings, string path)
        {
            var token = FunctionsHost.Token("west", WebhookPurpose.Inject);
            return new JsonObject
            {
                ["apiVersion"] = "admissionregistration.k8s.io/v1",
                ["kind"] = "MutatingWebhookConfiguration",
                ["metadata"] = new JsonObject { ["name"] = IstiodConfiguration },
                ["webhooks"] = new JsonArray(new JsonObject
                {
                    ["name"] = "namespace.sidecar-injector.istio.io",
                    ["clientConfig"] = new JsonObject
                    {
                        ["url"] = new Uri(settings.BaseUrl, $"/api/clusters/west/{token}/{path}").ToString(),
                        ["caBundle"] = Convert.ToBase64String(global::System.Text.Encoding.ASCII.GetBytes(settings.CaBundle ?? "")),
                    },
                    ["rules"] = new JsonArray(new JsonObject
                    {
                        ["apiGroups"] = new JsonArray(""),
                        ["apiVersions"] = new JsonArray("v1"),
                        ["operations"] = new JsonArray("CREATE"),
                        ["resources"] = new JsonArray("pods"),
                    }),
                    ["failurePolicy"] = "Fail",
                    ["namespaceSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["istio-injection"] = "enabled" } },
                    ["sideEffects"] = "None",
                    ["timeoutSeconds"] = 10,
                    ["admissionReviewVersions"] = new JsonArray("v1"),
                }),
            };
        }
    }
}
