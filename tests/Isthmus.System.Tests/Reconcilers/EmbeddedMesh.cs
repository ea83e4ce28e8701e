using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;
using Isthmus.Core.Webhooks;
using Isthmus.Embedded.Istio;
using Isthmus.Embedded.Vault;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Clusters;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>Three embedded clusters with a gateway each, and a mesh document over them.</summary>
internal sealed class EmbeddedMesh : IAsyncDisposable, ICertificateSource
{
    public const string Host = "reviews.shop.global";
    public static readonly ServiceName Reviews = new("shop", "reviews");

    private const string ClusterObjects = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: istio-system}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: coredns, namespace: kube-system}
        data:
          Corefile: |
            .:53 {
                errors
            }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-mesh-").FullName;
    private readonly Dictionary<string, CaMaterial> _versions = [];
    private MeshCertificateAuthority _authority = MeshCertificateAuthority.Create("test", TimeProvider.System);
    private readonly Dictionary<string, TestCluster> _clusters = [];
    private readonly List<ClusterConnections> _connections = [];
    private readonly ClusterConnections _direct;
    private CaMaterial? _material;

    private EmbeddedMesh() => _direct = Connect(new ClusterApiOptions());

    public string DocumentPath => Path.Combine(_folder, "mesh.yaml");

    public static async Task<EmbeddedMesh> StartAsync(IReadOnlyList<JsonObject>? definitions = null, params string[] names)
    {
        var mesh = new EmbeddedMesh();
        foreach (var cluster in await TestClusters.StartAsync(names.Length == 0 ? ["east", "north", "west"] : names, mesh._folder, TestContext.Current.CancellationToken))
        {
            mesh._clusters[cluster.Name.Value] = cluster;
            File.Copy(cluster.Kubeconfig, Path.Combine(mesh._folder, $"{cluster.Name}.yaml"));
        }

        await mesh.WriteDocumentAsync(document => document);
        mesh.RenewCertificate();
        foreach (var name in mesh._clusters.Keys)
        {
            await TestClusters.DefineAsync(await mesh.ApiAsync(name), definitions ?? IstioDefinitions.Read(), TestContext.Current.CancellationToken);
            foreach (var obj in Yaml.ReadAll(ClusterObjects).OfType<JsonObject>())
                await mesh.CreateAsync(name, obj);
        }

        return mesh;
    }

    /// <summary>Azure, for meshes that keep private DNS zones there; set it before a reconciler is made.</summary>
    public ArmClient? Arm { get; set; }

    public TestCluster Cluster(string name) => _clusters[name];

    public void RenewCertificate()
    {
        _material = CaBundle.FromPem(_authority.IssueIntermediatePem(), Guid.NewGuid().ToString("N"));
        _versions[_material.SourceVersion] = _material;
    }

    /// <summary>From now on the vault's newest CA is under another root.</summary>
    public void ReplaceRoot()
    {
        _authority.Dispose();
        _authority = MeshCertificateAuthority.Create($"test {_versions.Count}", TimeProvider.System);
        RenewCertificate();
    }

    public void Use(CaMaterial material) => _material = material;

    public Task<CaMaterial> ReadAsync(TrustSettings trust, CancellationToken cancellationToken) =>
        Task.FromResult(_material ?? throw new InvalidOperationException("no certificate"));

    public Task<CaMaterial> ReadVersionAsync(TrustSettings trust, string version, CancellationToken cancellationToken) =>
        Task.FromResult(_versions[version]);

    /// <summary>Writes the document anew. Gateways of the clusters are 10.255.0.1, .2 and so on.</summary>
    public async Task WriteDocumentAsync(Func<string, string> change)
    {
        var clusters = _clusters.Keys.Select((name, index) =>
            $"  - {{name: {name}, network: n-{name}, access: {{kubeconfig: {name}.yaml}}, gateway: {{addresses: [10.255.0.{index + 1}]}}}}");
        var document = $$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test, generation: 1}
            spec:
              trust: {vault: "https://test.vault.azure.net/", certificate: mesh}
              mayExport: [shop]
              clusters:
            {{string.Join('\n', clusters)}}
            """;
        await File.WriteAllTextAsync(DocumentPath, change(document));
    }

    public ServiceReconciler Services(WatchedRequests? requests = null, TimeProvider? time = null, ResolvedHosts? hosts = null) =>
        new(Documents, Connect(Options(requests)), new ReconcilerOptions(), time ?? TimeProvider.System, hosts);

    public ResyncReconciler Resync(WatchedRequests? requests = null, ReconcilerOptions? options = null) =>
        new(Documents, Run(requests, options ?? new ReconcilerOptions()), options ?? new ReconcilerOptions());

    public TrustReconciler Trust(WatchedRequests? requests = null, TimeProvider? time = null) =>
        new(Documents, Connect(Options(requests)), this, new ReconcilerOptions(), time ?? TimeProvider.System);

    public ClusterReconciler Clusters(IMeshEventPublisher? publisher = null) => new(
        Documents, Run(null, new ReconcilerOptions()), new ReconcilerOptions(), publisher is null ? null : new NameFanOut(Connect(new ClusterApiOptions()), publisher));

    public GatewayReconciler Gateways(IMeshEventPublisher publisher) => new(
        Documents, Connect(new ClusterApiOptions()), publisher, new GatewayProbeOptions { Pause = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);

    public EndpointSlicePoll SlicePoll(IMeshEventPublisher publisher) => new(Documents, Connect(new ClusterApiOptions()), publisher, NullLogger<EndpointSlicePoll>.Instance);

    public Task<ClusterApi> ApiAsync(string cluster) => _direct.GetAsync(new ClusterName(cluster), TestContext.Current.CancellationToken);

    public async Task<JsonObject?> FindAsync(string cluster, ResourceKind kind, string? ns, string name) =>
        await (await ApiAsync(cluster)).GetAsync(kind, ns, name, TestContext.Current.CancellationToken);

    public Task<JsonObject?> EntryAsync(string cluster, string host = Host) => FindAsync(cluster, ResourceKind.ServiceEntry, "isthmus-system", host);

    public async Task<JsonObject> CreateAsync(string cluster, JsonObject obj)
    {
        var kind = ObjectMetadata.TextOf(obj["kind"]) switch
        {
            "Namespace" => ResourceKind.Namespace,
            "ConfigMap" => ResourceKind.ConfigMap,
            "Deployment" => ResourceKind.Deployment,
            "ServiceEntry" => ResourceKind.ServiceEntry,
            "EndpointSlice" => ResourceKind.EndpointSlice,
            _ => ResourceKind.Service,
        };
        return await (await ApiAsync(cluster)).CreateAsync(kind, obj, TestContext.Current.CancellationToken);
    }

    public Task<JsonObject> ExportAsync(string cluster, string name = "reviews", int port = 9080) => CreateAsync(cluster, new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "shop", ["labels"] = new JsonObject { ["isthmus.dev/export"] = "true" } },
        ["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject { ["app"] = name },
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = port }),
        },
    });

    public Task DeleteServiceAsync(string cluster, string name = "reviews") =>
        WriteServiceAsync(cluster, name, (api, live) => api.DeleteAsync(ResourceKind.Service, live, TestContext.Current.CancellationToken));

    public Task ChangeServiceAsync(string cluster, string name, Action<JsonObject> change) => WriteServiceAsync(cluster, name, (api, live) =>
    {
        change(live);
        return api.ReplaceAsync(ResourceKind.Service, live, TestContext.Current.CancellationToken);
    });

    /// <summary>Writes one Service, and starts again where a runner wrote it in between.</summary>
    private async Task WriteServiceAsync(string cluster, string name, Func<ClusterApi, JsonObject, Task> write)
    {
        var api = await ApiAsync(cluster);
        while (true)
        {
            var live = await api.GetAsync(ResourceKind.Service, "shop", name, TestContext.Current.CancellationToken);
            Assert.NotNull(live);
            try
            {
                await write(api, live);
                return;
            }
            catch (ClusterApiException conflict) when (conflict.IsConflict)
            {
                continue;
            }
        }
    }

    public Task UnexportAsync(string cluster, string name = "reviews") =>
        ChangeServiceAsync(cluster, name, service => (service["metadata"]?["labels"] as JsonObject)?.Remove("isthmus.dev/export"));

    /// <summary>Everything that is ours in all clusters and every CoreDNS file, without what only tells one write from another.</summary>
    public async Task<string> StateAsync()
    {
        var lines = new List<string>();
        foreach (var name in _clusters.Keys)
        {
            var api = await ApiAsync(name);
            foreach (var kind in new[] { ResourceKind.ServiceEntry, ResourceKind.DestinationRule, ResourceKind.Gateway })
            {
                foreach (var obj in await api.ListAsync(kind, "isthmus-system", null, null, TestContext.Current.CancellationToken))
                    lines.Add($"{name} {kind} {obj.Name()} {obj["spec"]?.ToJsonString()}");
            }

            var dns = await api.GetAsync(ResourceKind.ConfigMap, "kube-system", "coredns", TestContext.Current.CancellationToken);
            lines.Add($"{name} {dns?["data"]?.ToJsonString()}");
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    /// <summary>A cluster's Corefile with all that stands in it.</summary>
    public async Task<string> StateOfDnsAsync(string cluster) =>
        (await FindAsync(cluster, ResourceKind.ConfigMap, "kube-system", "coredns"))?["data"]?.ToJsonString() ?? "";

    public async ValueTask DisposeAsync()
    {
        foreach (var connections in _connections)
            connections.Dispose();
        await TestClusters.ReturnAsync([.. _clusters.Values]);
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private FileMeshDocumentSource Documents => new(DocumentPath);

    private static ClusterApiOptions Options(WatchedRequests? requests) => new() { Handler = requests is null ? null : requests.Handler };

    private MeshRun Run(WatchedRequests? requests, ReconcilerOptions options) => new(
        Connect(Options(requests)),
        this,
        options,
        TimeProvider.System,
        new WebhookSettings { BaseUrl = new Uri("https://isthmus.example.com"), Keys = [[1, 2, 3]] });

    private ClusterConnections Connect(ClusterApiOptions options)
    {
        var connections = new ClusterConnections(Documents, options, TimeProvider.System, Arm);
        _connections.Add(connections);
        return connections;
    }
}
