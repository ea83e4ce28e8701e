using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;
using Isthmus.Core.Webhooks;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.Istio;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Clusters;
using k8s;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>Embedded clusters, some of which are served by another one's istiod, and a mesh document over them.</summary>
internal sealed class ServedMesh : IAsyncDisposable, ICertificateSource
{
    private const string IstioConfigMap = """
        metadata: {name: istio, namespace: istio-system}
        data:
          mesh: |-
            # kept by hand
            trustDomain: cluster.local
          meshNetworks: 'networks: {}'
        """;

    /// <summary>What is tested here is not whether a busy machine answers within a few seconds.</summary>
    private static readonly ClusterApiOptions Patient = new() { ConnectTimeout = TimeSpan.FromMinutes(1), RequestTimeout = TimeSpan.FromMinutes(1) };

    /// <summary>How a server refuses the token of an account that is gone. Real ones remember for ten seconds whose it was, and then it is the rights that lack.</summary>
    public static readonly int[] Refusals = [401, 403];

    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-served-").FullName;
    private readonly Dictionary<string, TestCluster> _clusters = [];
    private readonly Dictionary<string, ClusterApi> _apis = [];
    private readonly List<ServiceProvider> _runners = [];
    private readonly TimeProvider _time;

    private ServedMesh(TimeProvider time) => _time = time;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string DocumentPath => Path.Combine(_folder, "mesh.yaml");

    /// <param name="clusters">Of each cluster the entry in the document, without its access.</param>
    /// <param name="time">The clock of clusters and runs.</param>
    /// <param name="options">How each cluster is set up.</param>
    public static async Task<ServedMesh> StartAsync(
        IReadOnlyList<string> clusters, TimeProvider? time = null, Func<string, EmbeddedClusterOptions, EmbeddedClusterOptions>? options = null)
    {
        var mesh = new ServedMesh(time ?? TimeProvider.System);
        await mesh.WriteDocumentAsync(clusters);
        Assert.SkipWhen(TestClusters.AreReal && (time is not null || options is not null), "Did not run: the clock and the options of a real cluster are its own.");
        EmbeddedClusterOptions Setup(string name)
        {
            var setup = new EmbeddedClusterOptions { Name = name, TimeProvider = mesh._time };
            return options?.Invoke(name, setup) ?? setup;
        }

        foreach (var cluster in await TestClusters.StartAsync([.. clusters.Select(entry => Setup(NameOf(entry)))], mesh._folder, Cancel))
            mesh._clusters[cluster.Name.Value] = cluster;
        foreach (var entry in clusters)
        {
            var name = NameOf(entry);
            var kubeconfig = Path.Combine(mesh._folder, $"{name}.yaml");
            File.Copy(mesh._clusters[name].Kubeconfig, kubeconfig);
            var api = new ClusterApi(new ClusterName(name), KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), Patient, TimeProvider.System);
            mesh._apis[name] = api;
            if (!entry.Contains("controlPlane:", StringComparison.Ordinal))
            {
                await TestClusters.DefineAsync(api, IstioDefinitions.Read(), Cancel);
                await mesh.CreateAsync(name, ResourceKind.Namespace, "{metadata: {name: istio-system}}");
                await mesh.CreateAsync(name, ResourceKind.ConfigMap, IstioConfigMap);
            }
        }

        return mesh;
    }

    public Task WriteDocumentAsync(params IReadOnlyList<string> clusters) => File.WriteAllTextAsync(
        DocumentPath,
        $$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test, generation: 1}
        spec:
          dns: none
          mayExport: [shop]
          clusters:
        {{string.Join('\n', clusters.Select(entry => $"  - {{{entry}, access: {{kubeconfig: {NameOf(entry)}.yaml}}}}"))}}
        """,
        Cancel);

    public TestCluster Cluster(string name) => _clusters[name];

    public ClusterApi Api(string name) => _apis[name];

    public Task<JsonObject> CreateAsync(string cluster, ResourceKind kind, string yaml)
    {
        var obj = Yaml.Read(yaml) as JsonObject ?? throw new ArgumentException("no object", nameof(yaml));
        obj["apiVersion"] = kind.ApiVersion;
        obj["kind"] = kind.Kind;
        return Api(cluster).CreateAsync(kind, obj, Cancel);
    }

    public Task<JsonObject?> FindAsync(string cluster, ResourceKind kind, string? ns, string name) => Api(cluster).GetAsync(kind, ns, name, Cancel);

    /// <summary>The kubeconfig that a control plane's istiod reads a cluster by; null where it has none.</summary>
    public async Task<string?> KubeconfigAsync(string controlPlane, string cluster)
    {
        var id = RemoteSecret.Id(new ClusterName(controlPlane), new ClusterName(cluster));
        var secret = await FindAsync(controlPlane, id.Kind, id.Namespace, id.Name);
        return ObjectMetadata.TextOf(secret?["data"]?[cluster]) is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;
    }

    /// <summary>A client as istiod is one. The caller disposes it.</summary>
    public static ClusterApi ClientOf(string cluster, string kubeconfig, Func<ClusterName, DelegatingHandler>? handler = null)
    {
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(kubeconfig));
        return new ClusterApi(
            new ClusterName(cluster), KubernetesClientConfiguration.BuildConfigFromConfigFile(text), Patient with { Retries = 1, Handler = handler }, TimeProvider.System);
    }

    /// <summary>A Service in namespace shop, with pods of its own as far as anybody can tell.</summary>
    public Task<JsonObject> ServeAsync(string cluster, string name, bool isExported = false, int port = 80) => CreateAsync(
        cluster,
        ResourceKind.Service,
        $$"""
        metadata: {name: {{name}}, namespace: shop{{(isExported ? ", labels: {isthmus.dev/export: \"true\"}" : "")}}}
        spec: {selector: {app: {{name}}}, ports: [{name: http, port: {{port}}}]}
        """);

    /// <summary>A gateway's Service with a load balancer's address.</summary>
    public async Task MoveGatewayAsync(string cluster, string address)
    {
        var live = await FindAsync(cluster, ResourceKind.Service, "istio-system", "gw") ?? await CreateAsync(
            cluster,
            ResourceKind.Service,
            "{metadata: {name: gw, namespace: istio-system}, spec: {type: LoadBalancer, selector: {istio: eastwestgateway}, ports: [{name: tls, port: 15443}]}}");
        live["status"] = new JsonObject { ["loadBalancer"] = new JsonObject { ["ingress"] = new JsonArray(new JsonObject { ["ip"] = address }) } };
        await Api(cluster).ReplaceStatusAsync(ResourceKind.Service, live, Cancel);
    }

    /// <summary>What istiod is told of its networks, as text.</summary>
    public async Task<string> MeshNetworksAsync(string cluster) =>
        ObjectMetadata.TextOf((await FindAsync(cluster, ResourceKind.ConfigMap, "istio-system", "istio"))?["data"]?["meshNetworks"]) ?? "";

    /// <summary>One full run, which has to succeed.</summary>
    public async Task<RunReport> RunAsync(WatchedRequests? requests = null)
    {
        var report = await TryRunAsync(requests);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        return report;
    }

    public Task<RunReport> TryRunAsync(WatchedRequests? requests = null) => Resync(requests).RunAsync(Cancel);

    public Task<RunReport> PlanAsync() => Resync(null).PlanAsync(Cancel);

    public Task<RunReport> RunServiceAsync(ServiceName name) => Runner(null).GetRequiredService<ServiceReconciler>().RunAsync(name, null, Cancel);

    public Task<CaMaterial> ReadAsync(TrustSettings trust, CancellationToken cancellationToken) => throw new InvalidOperationException("the mesh has no trust");

    public Task<CaMaterial> ReadVersionAsync(TrustSettings trust, string version, CancellationToken cancellationToken) => throw new InvalidOperationException("the mesh has no trust");

    public async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners)
            await runner.DisposeAsync();
        foreach (var api in _apis.Values)
            api.Dispose();
        await TestClusters.ReturnAsync([.. _clusters.Values]);
        Directory.Delete(_folder, recursive: true);
    }

    private static string NameOf(string entry) => entry.Split("name: ", 2)[1].Split(',')[0];

    private ResyncReconciler Resync(WatchedRequests? requests) => Runner(requests).GetRequiredService<ResyncReconciler>();

    private ServiceProvider Runner(WatchedRequests? requests)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(_time);
        services.AddSingleton<IMeshDocumentSource>(new FileMeshDocumentSource(DocumentPath));
        services.AddSingleton<ICertificateSource>(this);
        services.AddSingleton(new WebhookSettings { BaseUrl = new Uri("https://isthmus.example.com"), Keys = [[1, 2, 3]] });
        services.AddSingleton(Patient with { Handler = requests is null ? null : requests.Handler });
        services.AddReconcilers();
        var runner = services.BuildServiceProvider();
        _runners.Add(runner);
        return runner;
    }
}
