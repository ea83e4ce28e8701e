using Isthmus.Core.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Runtime.Kubernetes;
using k8s;
using Xunit;

namespace Isthmus.System.Tests.Clusters;

/// <summary>A cluster that a test runs on: an embedded one, or one of the user's behind a relay.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly EmbeddedCluster? _embedded;
    private readonly CutRelay? _relay;

    /// <param name="kubeconfig">The path of the kubeconfig that Isthmus gets.</param>
    /// <param name="original">The path of the kubeconfig that leads to the cluster whatever the test does to its network.</param>
    public TestCluster(ClusterName name, string kubeconfig, string original, CutRelay relay)
    {
        (Name, Kubeconfig, Original, _relay) = (name, kubeconfig, original, relay);
        Api = Connect();
    }

    private TestCluster(ClusterName name, string kubeconfig, EmbeddedCluster embedded)
    {
        (Name, Kubeconfig, Original, _embedded) = (name, kubeconfig, kubeconfig, embedded);
        Api = Connect();
    }

    public ClusterName Name { get; }

    /// <summary>The path of its kubeconfig.</summary>
    public string Kubeconfig { get; }

    public string Original { get; }

    public ClusterApi Api { get; }

    /// <summary>What only an embedded cluster can do. A test that asks for it reports on other clusters that it did not run.</summary>
    public EmbeddedCluster Embedded
    {
        get
        {
            Assert.SkipWhen(_embedded is null, $"Did not run: {Name} is a cluster of {RealClusterPool.Variable}, and this needs an embedded one.");
            return _embedded ?? throw new InvalidOperationException("The test goes on although it was skipped.");
        }
    }

    public static async Task<TestCluster> StartAsync(EmbeddedClusterOptions options, string kubeconfig, CancellationToken cancellationToken)
    {
        var server = await EmbeddedCluster.StartAsync(options, cancellationToken);
        await File.WriteAllTextAsync(kubeconfig, server.Kubeconfig(), cancellationToken);
        return new TestCluster(new ClusterName(options.Name), kubeconfig, server);
    }

    /// <summary>Cuts the cluster's network: connections are refused and those open are broken.</summary>
    public void Disconnect()
    {
        _embedded?.Disconnect();
        _relay?.Cut();
    }

    public void Reconnect()
    {
        _embedded?.Reconnect();
        _relay?.Join();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (_relay is not null)
            await _relay.DisposeAsync();
        if (_embedded is not null)
            await _embedded.DisposeAsync();
    }

    private ClusterApi Connect() => new(Name, KubernetesClientConfiguration.BuildConfigFromConfigFile(Original), new ClusterApiOptions(), TimeProvider.System);
}
