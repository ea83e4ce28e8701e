using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Embedded.Blobs;
using Isthmus.Embedded.Tls;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Storage;
using Xunit;

namespace Isthmus.System.Tests.Documents;

/// <summary>An embedded blob storage and clients of Azure's own to it.</summary>
internal sealed class BlobFixture : IAsyncDisposable
{
    public const string Name = "mesh.yaml";

    private readonly LoopbackAuthority _authority;

    private BlobFixture(LoopbackAuthority authority, EmbeddedBlobs blobs) => (_authority, Blobs) = (authority, blobs);

    public EmbeddedBlobs Blobs { get; }

    public static async Task<BlobFixture> StartAsync()
    {
        var authority = LoopbackAuthority.Create("test", TimeProvider.System);
        return new BlobFixture(authority, await EmbeddedBlobs.StartAsync(
            new EmbeddedBlobsOptions { Account = "prodmesh", Authority = authority }, TestContext.Current.CancellationToken));
    }

    public BlobText Text(string name = Name, string? token = null) => Text(Blobs.Address(name), token);

    public BlobText Text(Uri address, string? token = null) => new(
        address, DelegatedTokenCredential.Create((_, _) => new AccessToken(token ?? Blobs.Token, DateTimeOffset.MaxValue)), new HttpClientTransport(Blobs.CreateHandler()));

    public BlobMeshDocumentSource Source(TimeProvider? time = null)
    {
        var blob = Text();
        return new BlobMeshDocumentSource(blob, blob.Beside(BlobMeshDocumentSource.LastGoodSuffix), time ?? TimeProvider.System);
    }

    /// <summary>A document of two clusters.</summary>
    public static string Document(long generation, string more = "") => $$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: prod, generation: {{generation}}}
        spec:
          clusters:
          - {name: east, network: n-east, access: {aks: {{Cluster("east")}} }{{more}} }
          - {name: west, network: n-west, access: {aks: {{Cluster("west")}} } }
        """;

    public static string Cluster(string name) =>
        $"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/mesh/providers/Microsoft.ContainerService/managedClusters/{name}";

    public async ValueTask DisposeAsync()
    {
        await Blobs.DisposeAsync();
        _authority.Dispose();
    }
}
