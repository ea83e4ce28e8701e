using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Relay;
using Isthmus.Core.Webhooks;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.Istio;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Injection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Relay;

/// <summary>
/// An embedded cluster whose webhooks lead by Service to a real nginx, with the configuration that is kept in the cluster, and from
/// there to the functions under a name that only a name server of the test knows.
/// </summary>
internal sealed class RelayedCluster : IAsyncDisposable
{
    private static readonly ResourceKind Definition = new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-relay-").FullName;
    private readonly int _port;
    private readonly int _wayOut = FreePort();
    private readonly EmbeddedCluster _cluster;
    private readonly ClusterConnections _connections;
    private readonly FileMeshDocumentSource _documents;

    private RelayedCluster(EmbeddedCluster cluster, RelayedFunctions functions, int port, string fallback)
    {
        (_cluster, Functions, _port) = (cluster, functions, port);
        File.WriteAllText(Path.Combine(_folder, "west.yaml"), cluster.Kubeconfig());
        var document = Path.Combine(_folder, "mesh.yaml");
        File.WriteAllText(document, $$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test}
            spec:
              injection: {timeoutSeconds: 8, fallback: {{fallback}}}
              dns: none
              mayExport: [shop]
              clusters:
              - name: west
                network: n
                access: {kubeconfig: west.yaml}
                webhook: {reach: relay}
            """);
        _documents = new FileMeshDocumentSource(document);
        _connections = new ClusterConnections(_documents, new ClusterApiOptions(), TimeProvider.System);
        functions.Serve(document);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public RelayedFunctions Functions { get; }

    public SmallDns Dns { get; } = new();

    public FakeTimeProvider Time { get; set; } = new(DateTimeOffset.UtcNow);

    public NginxProcess? Nginx { get; private set; }

    /// <summary>The access log, once there is something in it.</summary>
    public async Task<string> LoggedAsync()
    {
        while (!File.Exists(LogFile) || new FileInfo(LogFile).Length == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancel);
        return await File.ReadAllTextAsync(LogFile, Cancel);
    }

    private string LogFile => Path.Combine(_folder, "access.log");

    /// <summary>With the relay in place and webhooks that lead to it.</summary>
    public static async Task<RelayedCluster> StartAsync(string fallback = "istiod", Action<RelayedCluster>? prepare = null)
    {
        Assert.SkipWhen(NginxProcess.Missing is not null, NginxProcess.Missing ?? "");
        var port = FreePort();
        var cluster = await EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions
            {
                Name = "west",
                InitialObjects = [.. InjectionCase.Read("1.30.3", "hello").ClusterObjects()],
                ServiceResolver = (ns, name, _) => (ns, name) == (SystemNamespaces.Isthmus, RelayNames.Relay) ? new DnsEndPoint("127.0.0.1", port) : null,
            },
            Cancel);
        var relayed = new RelayedCluster(cluster, new RelayedFunctions(), port, fallback);
        prepare?.Invoke(relayed);
        await relayed.Functions.StartAsync();
        var api = await relayed.ApiAsync();
        foreach (var definition in IstioDefinitions.Read())
            await api.CreateAsync(Definition, definition, Cancel);
        await api.CreateAsync(ResourceKind.Namespace, Yaml.Read("{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled}}}") as JsonObject ?? [], Cancel);
        await relayed.ReconcileAsync();
        await relayed.SetReadyAsync(2);
        await relayed.ReconcileAsync();
        await relayed.StartNginxAsync();
        return relayed;
    }

    public Task<ClusterApi> ApiAsync() => _connections.GetAsync(new ClusterName("west"), Cancel);

    /// <summary>A full run, as the timer does.</summary>
    public async Task ReconcileAsync()
    {
        var run = new MeshRun(_connections, new NoCertificates(), new ReconcilerOptions(), Time, Functions.Webhooks);
        var running = new ResyncReconciler(_documents, run, new ReconcilerOptions()).RunAsync(Cancel);
        // A run that takes more than two rounds waits a little before the next, by this clock.
        while (await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(20), Cancel)) != running)
            Time.Advance(TimeSpan.FromMilliseconds(100));
        var report = await running;
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
    }

    public async Task<JsonObject?> FindAsync(Isthmus.Core.Planning.ObjectId id) => await (await ApiAsync()).GetAsync(id.Kind, id.Namespace, id.Name, Cancel);

    /// <summary>What a kubelet does, sooner or later: the Secrets' present content comes into the pod's volume.</summary>
    public async Task MountAsync()
    {
        var cluster = new ClusterName("west");
        foreach (var id in new[] { RelayNames.Configuration(cluster), RelayNames.Certificate(cluster) })
        {
            foreach (var (key, value) in ObjectMetadata.Strings((await FindAsync(id))?["data"] as JsonObject))
                await File.WriteAllBytesAsync(Path.Combine(_folder, key), Convert.FromBase64String(value), Cancel);
        }

        var mesh = await _documents.ReadAsync(Cancel);
        var inCluster = await File.ReadAllTextAsync(Path.Combine(_folder, RelayConfiguration.File), Cancel);
        Assert.Equal(RelayConfiguration.Write(mesh, mesh.Clusters[0], Functions.Webhooks, new RelayPlace()), inCluster);
        await File.WriteAllTextAsync(Path.Combine(_folder, RelayConfiguration.File), RelayConfiguration.Write(mesh, mesh.Clusters[0], Functions.Webhooks, Here), Cancel);
    }

    public async Task StartNginxAsync()
    {
        if (Nginx is { } running)
            await running.DisposeAsync();
        await MountAsync();
        Nginx = await NginxProcess.StartAsync(Path.Combine(_folder, RelayConfiguration.File), _port);
    }

    /// <summary>Calls the relay as an API server would that trusts one bundle.</summary>
    public HttpClient Caller(string bundle)
    {
        var handler = Isthmus.Embedded.Tls.PinnedConnections.Redirect(new Uri($"https://127.0.0.1:{_port}"), bundle);
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{RelayNames.Host}") };
    }

    /// <summary>The bundle of the webhooks.</summary>
    public async Task<string> BundleAsync()
    {
        var configuration = await FindAsync(WebhookPlanner.Ids(new ClusterName("west")).Injection);
        return Encoding.UTF8.GetString(Convert.FromBase64String(ObjectMetadata.TextOf(configuration?["webhooks"]?[0]?["clientConfig"]?["caBundle"]) ?? ""));
    }

    /// <summary>Creates a pod as a user does.</summary>
    public async Task<JsonObject> CreatePodAsync(string name) => await (await ApiAsync()).CreateAsync(ResourceKind.Pod, new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "shop" },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "example.com/app:1" }) },
    }, Cancel);

    public static bool IsInjected(JsonObject pod) => pod.Annotation("sidecar.istio.io/status") is not null;

    public async ValueTask DisposeAsync()
    {
        if (Nginx is { } nginx)
            await nginx.DisposeAsync();
        await Functions.DisposeAsync();
        _connections.Dispose();
        await _cluster.DisposeAsync();
        await Dns.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal async Task SetReadyAsync(int replicas)
    {
        var deployment = Assert.IsType<JsonObject>(await FindAsync(RelayNames.Deployment(new ClusterName("west"))));
        deployment["status"] = new JsonObject { ["replicas"] = 2, ["readyReplicas"] = replicas };
        await (await ApiAsync()).ReplaceStatusAsync(ResourceKind.Deployment, deployment, Cancel);
    }

    private RelayPlace Here => new()
    {
        Files = _folder,
        Scratch = _folder,
        Log = LogFile,
        Port = _port,
        WayOutPort = _wayOut,
        Resolver = $"127.0.0.1:{Dns.Port}",
    };

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class NoCertificates : ICertificateSource
    {
        public Task<Isthmus.Core.Trust.CaMaterial> ReadAsync(TrustSettings trust, CancellationToken cancellationToken) => throw new InvalidOperationException("the document sets up no trust");

        public Task<Isthmus.Core.Trust.CaMaterial> ReadVersionAsync(TrustSettings trust, string version, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("the document sets up no trust");
    }
}
