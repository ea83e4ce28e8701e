using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Reconcilers;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Trust;

/// <summary>Two embedded clusters with a modelled istiod and workloads each, and a clock that the test moves.</summary>
internal sealed class RotatingMesh : IAsyncDisposable
{
    public static readonly TimeSpan Lifetime = Isthmus.Core.Mesh.TrustSettings.DefaultLifetime;
    private static readonly string[] Names = ["east", "west"];
    private readonly Dictionary<string, ModelIstiod> _istiods = Names.ToDictionary(name => name, _ => new ModelIstiod(Lifetime));

    private RotatingMesh(EmbeddedMesh mesh) => Mesh = mesh;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public EmbeddedMesh Mesh { get; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public IReadOnlyList<string> Clusters => Names;

    /// <summary>A mesh whose workloads all hold certificates under the first root, with another root in the vault.</summary>
    public static async Task<RotatingMesh> StartAsync()
    {
        var mesh = new RotatingMesh(await EmbeddedMesh.StartAsync(null, Names));
        await mesh.RunAsync();
        await mesh.SettleAsync();
        mesh.Time.Advance(Lifetime);
        mesh.Mesh.ReplaceRoot();
        return mesh;
    }

    public Task<RunReport> RunAsync(WatchedRequests? requests = null, TrustOrder? order = null) => Mesh.Trust(requests, Time).RunAsync(order, Cancel);

    public async Task<TrustOrder?> RotateAsync() =>
        (await Mesh.Trust(time: Time).PrepareAsync((document, trust, seen) => TrustOrders.Rotate(document, trust, seen, []), Cancel)).Order;

    public async Task<TrustStatus> StatusAsync() => Assert.IsType<TrustStatus>((await Mesh.Trust(time: Time).StatusAsync(Cancel)).Status);

    public async Task<Issue> InSecretAsync(string cluster) => ModelIstiod.Read(Assert.IsType<JsonObject>(await SecretAsync(cluster)));

    public async Task<string?> StageAsync(string cluster) => (await SecretAsync(cluster))?.Annotation("isthmus.dev/trust-stage");

    /// <summary>Every istiod loads what is in its Secret, and tells its roots.</summary>
    public async Task SettleAsync()
    {
        foreach (var (name, istiod) in _istiods)
        {
            istiod.Mount(await SecretAsync(name));
            istiod.Load(Time.GetUtcNow());
            istiod.Publish();
            await PublishAsync(name, istiod.Published ?? "");
        }
    }

    /// <summary>Every pair of workloads that there may be builds and validates the other's chain.</summary>
    public void AssertAllAccept()
    {
        var held = _istiods.SelectMany(one => one.Value.Held(Time.GetUtcNow()).Select(issue => (one.Key, issue))).ToList();
        foreach (var (cluster, issue) in held)
        {
            foreach (var (other, theirs) in held)
                Assert.True(Workloads.Accept(issue, theirs, Time.GetUtcNow()), $"a workload of {cluster} and one of {other} do not accept each other");
        }
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();

    private Task<JsonObject?> SecretAsync(string cluster) => Mesh.FindAsync(cluster, ResourceKind.Secret, "istio-system", "cacerts");

    private async Task PublishAsync(string cluster, string roots)
    {
        var api = await Mesh.ApiAsync(cluster);
        if (await api.GetAsync(ResourceKind.ConfigMap, "istio-system", "istio-ca-root-cert", Cancel) is { } live)
        {
            live["data"] = new JsonObject { ["root-cert.pem"] = roots };
            await api.ReplaceAsync(ResourceKind.ConfigMap, live, Cancel);
            return;
        }

        await Mesh.CreateAsync(cluster, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "istio-ca-root-cert", ["namespace"] = "istio-system" },
            ["data"] = new JsonObject { ["root-cert.pem"] = roots },
        });
    }
}
