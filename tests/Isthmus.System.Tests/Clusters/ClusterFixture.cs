using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.Istio;
using Isthmus.Runtime.Kubernetes;
using k8s;
using Xunit;

namespace Isthmus.System.Tests.Clusters;

/// <summary>
/// Two clusters for a system test, east and west: embedded ones of its own, or those of the kubeconfigs that
/// ISTHMUS_TEST_KUBECONFIGS names (separated by colons), which tests then use one after the other.
/// </summary>
internal sealed class ClusterFixture : IAsyncDisposable
{
    public const string Variable = "ISTHMUS_TEST_KUBECONFIGS";

    private static readonly string[] Names = ["east", "west"];
    private static readonly SemaphoreSlim RealClusters = new(1);
    private static readonly ResourceKind Definition = new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    private static readonly ResourceKind[] OwnedKinds =
    [
        ResourceKind.MutatingWebhookConfiguration, ResourceKind.ValidatingWebhookConfiguration, ResourceKind.ServiceEntry,
        ResourceKind.DestinationRule, ResourceKind.Gateway, ResourceKind.Secret,
    ];

    private readonly bool _real;

    private ClusterFixture(IReadOnlyList<TestCluster> clusters, string folder, bool real) => (Clusters, Folder, _real) = (clusters, folder, real);

    public IReadOnlyList<TestCluster> Clusters { get; }

    /// <summary>A folder for the test's files; it goes with the fixture.</summary>
    public string Folder { get; }

    public TestCluster East => Clusters[0];

    public TestCluster West => Clusters[1];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ClusterFixture> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("isthmus-test-").FullName;
        var paths = Environment.GetEnvironmentVariable(Variable)?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (paths.Length == 0)
            return new ClusterFixture(await Task.WhenAll(Names.Select(name => EmbeddedAsync(name, folder))), folder, real: false);
        Assert.SkipWhen(paths.Length < Names.Length, $"Did not run: {Variable} has to name {Names.Length} kubeconfigs.");
        await RealClusters.WaitAsync(Cancellation);
        var fixture = new ClusterFixture([.. Names.Zip(paths, (name, path) => new TestCluster(new ClusterName(name), path, Connect(name, path), null))], folder, real: true);
        foreach (var cluster in fixture.Clusters)
        {
            await InstallDefinitionsAsync(cluster);
            await RemoveLeftoversAsync(cluster);
        }

        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        if (_real)
        {
            foreach (var cluster in Clusters)
                await RemoveLeftoversAsync(cluster);
            RealClusters.Release();
        }

        foreach (var cluster in Clusters)
            await cluster.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<TestCluster> EmbeddedAsync(string name, string folder)
    {
        var server = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Name = name }, Cancellation);
        var kubeconfig = Path.Combine(folder, $"{name}.kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, server.Kubeconfig(), Cancellation);
        var cluster = new TestCluster(new ClusterName(name), kubeconfig, Connect(name, kubeconfig), server);
        await InstallDefinitionsAsync(cluster);
        return cluster;
    }

    private static ClusterApi Connect(string name, string kubeconfig) => new(
        new ClusterName(name), KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), new ClusterApiOptions(), TimeProvider.System);

    private static async Task InstallDefinitionsAsync(TestCluster cluster)
    {
        foreach (var definition in IstioDefinitions.Read())
        {
            if (await cluster.Api.GetAsync(Definition, null, definition.Name(), Cancellation) is null)
                await cluster.Api.CreateAsync(Definition, definition, Cancellation);
            while (!await IsEstablishedAsync(cluster, definition.Name()))
                await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation);
        }
    }

    /// <summary>A real server serves a new kind some time after it has accepted its definition; the test's own deadline ends the wait.</summary>
    private static async Task<bool> IsEstablishedAsync(TestCluster cluster, string definition)
    {
        var live = await cluster.Api.GetAsync(Definition, null, definition, Cancellation);
        var established = (live?["status"]?["conditions"] as JsonArray ?? [])
            .Any(condition => (string?)condition?["type"] == "Established" && (string?)condition["status"] == "True");
        if (!established || live?["spec"]?["names"]?["plural"]?.ToString() is not { } plural)
            return false;
        var version = (live["spec"]?["versions"] as JsonArray ?? []).First(entry => (bool?)entry?["served"] == true)?["name"]?.ToString() ?? "v1";
        try
        {
            await cluster.Api.ListAsync(new ResourceKind("networking.istio.io", version, "", plural, true), null, null, null, Cancellation);
            return true;
        }
        catch (ClusterApiException early) when (early.Status == 404)
        {
            return false;
        }
    }

    /// <summary>A real cluster outlives the test: what an Isthmus wrote there must not reach the next one.</summary>
    private static async Task RemoveLeftoversAsync(TestCluster cluster)
    {
        foreach (var kind in OwnedKinds)
        {
            foreach (var owned in await cluster.Api.ListAsync(kind, null, "app.kubernetes.io/managed-by=isthmus", null, Cancellation))
                await cluster.Api.DeleteAsync(kind, owned, Cancellation);
        }
    }

    /// <summary>Creates what is not there yet, so that tests need not know who was here before.</summary>
    public static async Task EnsureAsync(TestCluster cluster, ResourceKind kind, JsonObject obj)
    {
        try
        {
            await cluster.Api.CreateAsync(kind, obj, Cancellation);
        }
        catch (ClusterApiException exists) when (exists.Reason == "AlreadyExists")
        {
            TestContext.Current.SendDiagnosticMessage("{0} {1} was there already", kind, obj.Name());
        }
    }
}
