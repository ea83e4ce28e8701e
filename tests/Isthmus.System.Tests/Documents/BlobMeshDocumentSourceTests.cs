using Isthmus.Core.Mesh;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Documents;

public sealed class BlobMeshDocumentSourceTests : IAsyncLifetime
{
    private BlobFixture? _fixture;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobFixture Fixture => _fixture ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync() => _fixture = await BlobFixture.StartAsync();

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();

    [Fact]
    public async Task A_document_is_fetched_again_only_when_its_ETag_differs()
    {
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(1));
        using var source = Fixture.Source();
        var first = await source.ReadAsync(Cancel);
        Assert.Same(first, await source.ReadAsync(Cancel));
        Assert.Equal(["GET mesh.yaml 200", "GET mesh.yaml 304"], Fixture.Blobs.Requests.Where(request => request.Contains("mesh.yaml ", StringComparison.Ordinal)));
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(2));
        Assert.Equal(2, (await source.ReadAsync(Cancel)).Generation);
    }

    [Fact]
    public async Task A_webhook_gets_what_was_read_within_half_a_minute_and_goes_on_while_storage_is_out_of_reach()
    {
        var time = new FakeTimeProvider();
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(1));
        using var source = Fixture.Source(time);
        await source.ReadRecentAsync(Cancel);
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(2));
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, (await source.ReadRecentAsync(Cancel)).Generation);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, (await source.ReadRecentAsync(Cancel)).Generation);
        time.Advance(TimeSpan.FromMinutes(5));
        Fixture.Blobs.Refuse(403);
        Assert.Equal(2, (await source.ReadRecentAsync(Cancel)).Generation);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => source.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_newer_document_with_errors_leaves_the_last_good_one_in_use_and_every_error_is_told()
    {
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(1));
        using var source = Fixture.Source();
        await source.ReadAsync(Cancel);
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(2, ", colour: red, podCidrs: [10.0.0.1/8]"));
        var kept = await source.ReadAsync(Cancel);
        Assert.Equal(1, kept.Generation);
        Assert.Equal(["spec.clusters[0].colour", "spec.clusters[0].podCidrs[0]"], kept.Rejected.Select(error => error.Path).Order());
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(3));
        Assert.Empty((await source.ReadAsync(Cancel)).Rejected);
    }

    [Fact]
    public async Task An_instance_that_starts_beside_a_broken_document_takes_the_copy_of_the_last_good_one()
    {
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(4));
        using (var source = Fixture.Source())
            await source.ReadAsync(Cancel);
        Fixture.Blobs.Write(BlobFixture.Name, "kind: Nothing");
        using var second = Fixture.Source();
        var document = await second.ReadAsync(Cancel);
        Assert.Equal(4, document.Generation);
        Assert.NotEmpty(document.Rejected);
    }

    [Fact]
    public async Task Without_any_good_document_every_error_of_the_broken_one_is_thrown()
    {
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(1, ", colour: red, size: big"));
        using var source = Fixture.Source();
        var fault = await Assert.ThrowsAsync<MeshDocumentException>(() => source.ReadAsync(Cancel));
        Assert.Equal(2, fault.Errors.Count);
    }

    [Fact]
    public async Task What_keeps_the_document_from_being_read_is_told_with_what_to_do()
    {
        using var source = Fixture.Source();
        Assert.Contains("isthmus mesh push", (await Assert.ThrowsAsync<StorageUnavailableException>(() => source.ReadAsync(Cancel))).Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => Fixture.Text(token: "wrong").ReadAsync(null, Cancel));
        Assert.Contains("Storage Blob Data Contributor", refused.Message, StringComparison.Ordinal);
        var nowhere = new Uri("https://prodmesh.blob.core.windows.net/elsewhere/mesh.yaml");
        Assert.Contains("no such container", (await Assert.ThrowsAsync<StorageUnavailableException>(() => Fixture.Text(nowhere).ReadAsync(null, Cancel))).Message, StringComparison.Ordinal);
        Fixture.Blobs.Write("huge", new string('#', 5 * 1024 * 1024));
        Assert.Contains("4 MiB", (await Assert.ThrowsAsync<StorageUnavailableException>(() => Fixture.Text("huge").ReadAsync(null, Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_is_written_only_over_what_was_read()
    {
        var text = Fixture.Text("state");
        Assert.Null(await text.ReadAsync(null, Cancel));
        Assert.True(await text.TryWriteAsync("1", null, Cancel));
        Assert.False(await text.TryWriteAsync("2", null, Cancel));
        var read = await text.ReadAsync(null, Cancel);
        Fixture.Blobs.Write("state", "3");
        Assert.False(await text.TryWriteAsync("4", read, Cancel));
        Assert.Equal("3", Fixture.Blobs.Read("state"));
    }
}
