using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Embedded.Istio;
using Isthmus.Runtime.Kubernetes;
using Xunit;

namespace Isthmus.System.Tests.Clusters;

/// <summary>Two clusters for a system test, east and west: embedded ones of its own, or the user's, on which others may work too.</summary>
internal sealed class ClusterFixture : IAsyncDisposable
{
    private static readonly string[] Names = ["east", "west"];

    private ClusterFixture(IReadOnlyList<TestCluster> clusters, string folder) => (Clusters, Folder) = (clusters, folder);

    public IReadOnlyList<TestCluster> Clusters { get; }

    /// <summary>A folder for the test's files; it goes with the fixture.</summary>
    public string Folder { get; }

    public TestCluster East => Clusters[0];

    public TestCluster West => Clusters[1];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ClusterFixture> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("isthmus-test-").FullName;
        var fixture = new ClusterFixture(await TestClusters.StartAsync(Names, folder, Cancellation, mayBeUsed: true), folder);
        foreach (var cluster in fixture.Clusters)
            await TestClusters.DefineAsync(cluster.Api, IstioDefinitions.Read(), Cancellation);
        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        await TestClusters.ReturnAsync(Clusters);
        Directory.Delete(Folder, recursive: true);
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
