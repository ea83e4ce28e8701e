using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Kubernetes;
using k8s;
using Xunit;

namespace Isthmus.System.Tests.Injection;

/// <summary>An embedded cluster with Istio's objects in it, its API client, and a mesh document that lists it as <c>west</c>.</summary>
internal sealed class IstioCluster : IAsyncDisposable
{
    private readonly string _folder;

    private IstioCluster(EmbeddedCluster server, string folder)
    {
        (Server, _folder) = (server, folder);
        string kubeconfig = Path.Combine(folder, "kubeconfig");
        File.WriteAllText(kubeconfig, server.Kubeconfig());
        MeshYaml = $$$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test}
            spec:
              clusters:
              - {name: west, network: n, access: {kubeconfig: "{{{kubeconfig}}}"}}
            """;
        Api = new ClusterApi(new ClusterName("west"), KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), new ClusterApiOptions { Retries = 1 }, TimeProvider.System);
        Member = MeshDocument.Parse(MeshYaml).Document?.Clusters[0] ?? throw new InvalidOperationException("the test's mesh document does not hold");
        Kubeconfig = kubeconfig;
    }

    public EmbeddedCluster Server { get; }

    public ClusterApi Api { get; }

    public MeshCluster Member { get; }

    public string MeshYaml { get; }

    public string Kubeconfig { get; }

    public IstioSettingsReader Reader => new(Api, Api);

    public static async Task<IstioCluster> StartAsync(IReadOnlyList<JsonObject> objects) => new(
        await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Name = "west", Controllers = false, InitialObjects = objects }, TestContext.Current.CancellationToken),
        Directory.CreateTempSubdirectory("isthmus-test-").FullName);

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
