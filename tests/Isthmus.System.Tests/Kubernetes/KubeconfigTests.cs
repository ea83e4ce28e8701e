using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Xunit;

namespace Isthmus.System.Tests.Kubernetes;

/// <summary>Kubeconfigs that a mesh document names by file.</summary>
public sealed class KubeconfigTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("isthmus-kubeconfig-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Files_that_a_kubeconfig_names_lie_beside_it()
    {
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Name = "east" }, Cancel);
        await File.WriteAllTextAsync(At("ca.crt"), cluster.CaCertificatePem, Cancel);
        var lines = cluster.Kubeconfig().Split('\n').Select(line => line.Contains("certificate-authority-data", StringComparison.Ordinal) ? "    certificate-authority: ca.crt" : line);
        await File.WriteAllLinesAsync(At("east.kubeconfig"), lines, Cancel);
        using var connections = Connections("east.kubeconfig");
        var api = await connections.GetAsync(new ClusterName("east"), Cancel);
        Assert.NotNull(await api.GetAsync(ResourceKind.Namespace, null, "default", Cancel));
    }

    [Theory]
    [InlineData("missing.kubeconfig", null)]
    [InlineData("broken.kubeconfig", "clusters: [")]
    [InlineData("empty.kubeconfig", "")]
    [InlineData("list.kubeconfig", "[]")]
    [InlineData("bare.kubeconfig", "apiVersion: v1\nkind: Config\n")]
    [InlineData("userless.kubeconfig", "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n")]
    [InlineData("hollow.kubeconfig", "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x}]\nclusters: [{name: c}]\nusers: [{name: u}]\n")]
    public async Task A_kubeconfig_that_cannot_be_read_is_named(string name, string? text)
    {
        if (text is not null)
            await File.WriteAllTextAsync(At(name), text, Cancel);
        using var connections = Connections(name);
        var fault = await Assert.ThrowsAsync<ClusterUnreachableException>(() => connections.GetAsync(new ClusterName("east"), Cancel));
        Assert.Contains(At(name), fault.Message, StringComparison.Ordinal);
    }

    private ClusterConnections Connections(string kubeconfig)
    {
        File.WriteAllText(At("mesh.yaml"), $"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata:
              name: m
            spec:
              clusters:
              - name: east
                network: a
                access:
                  kubeconfig: {kubeconfig}
            """);
        return new ClusterConnections(new FileMeshDocumentSource(At("mesh.yaml")), new ClusterApiOptions(), TimeProvider.System);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
