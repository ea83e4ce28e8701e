using Isthmus.Core.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Runtime.Kubernetes;
using Xunit;

namespace Isthmus.System.Tests.Clusters;

/// <summary>A cluster that a test runs on: an embedded one, or one of the user's.</summary>
internal sealed class TestCluster(ClusterName name, string kubeconfig, ClusterApi api, EmbeddedCluster? embedded) : IAsyncDisposable
{
    public ClusterName Name { get; } = name;

    /// <summary>The path of its kubeconfig.</summary>
    public string Kubeconfig { get; } = kubeconfig;

    public ClusterApi Api { get; } = api;

    // Below this line: what only an embedded cluster can do. A test that needs it reports on other clusters that it did not run.

    /// <summary>Cuts the cluster's network: connections are refused and those open are broken.</summary>
    public void Disconnect() => Embedded("its network cannot be cut").Disconnect();

    public void Reconnect() => Embedded("its network cannot be cut").Reconnect();

    public ValueTask DisposeAsync()
    {
        Api.Dispose();
        return embedded?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private EmbeddedCluster Embedded(string reason)
    {
        Assert.SkipWhen(embedded is null, $"Did not run: {Name} is a cluster of {ClusterFixture.Variable}, and {reason}.");
        return embedded ?? throw new InvalidOperationException("The test goes on although it was skipped.");
    }
}
