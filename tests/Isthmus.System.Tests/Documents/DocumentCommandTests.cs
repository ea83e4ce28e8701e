using Isthmus.Cli.Documents;
using Isthmus.System.Tests.Cli;
using Xunit;

namespace Isthmus.System.Tests.Documents;

public sealed class DocumentCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-test-").FullName;
    private BlobFixture? _fixture;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobFixture Fixture => _fixture ?? throw new InvalidOperationException("It is not started.");

    private string File => Path.Combine(_folder, "mesh.yaml");

    public async ValueTask InitializeAsync() => _fixture = await BlobFixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_document_is_pushed_pulled_edited_and_pushed_again()
    {
        await WriteAsync(BlobFixture.Document(1));
        Assert.Equal((0, "pushed generation 1"), Told(await RunAsync("push")));
        Assert.Equal((0, "generation 1 is there already"), Told(await RunAsync("push")));
        global::System.IO.File.Delete(File);
        Assert.Equal((0, "pulled generation 1"), Told(await RunAsync("pull")));
        await WriteAsync(BlobFixture.Document(2, ", draining: true"));
        Assert.Equal((0, "pushed generation 2"), Told(await RunAsync("push")));
        Assert.Equal(BlobFixture.Document(2, ", draining: true"), Fixture.Blobs.Read(BlobFixture.Name));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(6)]
    public async Task A_document_that_is_not_newer_is_refused(long generation)
    {
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(7));
        await WriteAsync(BlobFixture.Document(generation, ", draining: true"));
        var run = await RunAsync("push");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("set metadata.generation to 8", run.Error, StringComparison.Ordinal);
        Assert.Equal(BlobFixture.Document(7), Fixture.Blobs.Read(BlobFixture.Name));
    }

    [Fact]
    public async Task What_somebody_wrote_after_the_look_is_not_overwritten()
    {
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(1));
        await WriteAsync(BlobFixture.Document(2));
        Fixture.Blobs.Before = (method, _) =>
        {
            if (method == "PUT")
                Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(2, ", draining: true"));
            return Task.CompletedTask;
        };
        var run = await RunAsync("push");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("somebody else wrote it", run.Error, StringComparison.Ordinal);
        Assert.Equal(BlobFixture.Document(2, ", draining: true"), Fixture.Blobs.Read(BlobFixture.Name));
    }

    [Fact]
    public async Task A_document_with_errors_is_told_whole_and_not_pushed()
    {
        await WriteAsync(BlobFixture.Document(1, ", colour: red, size: big"));
        var run = await RunAsync("push");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("colour", run.Error, StringComparison.Ordinal);
        Assert.Contains("size", run.Error, StringComparison.Ordinal);
        Assert.Null(Fixture.Blobs.Read(BlobFixture.Name));
    }

    [Fact]
    public async Task A_cluster_is_taken_out_only_when_it_was_leaving_or_somebody_insists()
    {
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(1));
        await WriteAsync(string.Join('\n', BlobFixture.Document(2).Split('\n').Where(line => !line.Contains("name: east", StringComparison.Ordinal))));
        var run = await RunAsync("push");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("takes out east", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("push", "--allow-removal")).ExitCode);
    }

    [Fact]
    public async Task A_document_that_names_a_file_of_this_machine_is_not_pushed()
    {
        await WriteAsync(BlobFixture.Document(1).Replace($"aks: {BlobFixture.Cluster("west")} ", "kubeconfig: west.yaml ", StringComparison.Ordinal));
        Assert.Contains("access.kubeconfig of west", (await RunAsync("push")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_blob_can_be_pulled_and_replaced()
    {
        Fixture.Blobs.Write(BlobFixture.Name, "kind: Nothing");
        Assert.Equal(0, (await RunAsync("pull")).ExitCode);
        Assert.Equal("kind: Nothing", await global::System.IO.File.ReadAllTextAsync(File, Cancel));
        await WriteAsync(BlobFixture.Document(1));
        Assert.Equal(0, (await RunAsync("push")).ExitCode);
    }

    [Fact]
    public async Task Edits_on_this_machine_are_not_overwritten_unless_somebody_insists()
    {
        Fixture.Blobs.Write(BlobFixture.Name, BlobFixture.Document(2));
        await WriteAsync(BlobFixture.Document(2, ", draining: true"));
        var run = await RunAsync("pull");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--overwrite", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("pull", "--overwrite")).ExitCode);
        await WriteAsync(BlobFixture.Document(1));
        Assert.Equal(0, (await RunAsync("pull")).ExitCode);
    }

    [Fact]
    public async Task A_blob_that_is_none_is_refused_with_the_form_it_has_to_have()
    {
        await WriteAsync(BlobFixture.Document(1));
        var run = await CliRun.InvokeAsync(DocumentCommands.Create(address => Fixture.Text(address)), new StringWriter(), Cancel, "mesh", "push", "--mesh", File, "--blob", "mesh.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME", run.Error, StringComparison.Ordinal);
    }

    private static (int, string) Told(CliRun run) => (run.ExitCode, run.Output.Trim());

    private Task WriteAsync(string document) => global::System.IO.File.WriteAllTextAsync(File, document, Cancel);

    private Task<CliRun> RunAsync(string verb, params string[] more) => CliRun.InvokeAsync(
        DocumentCommands.Create(address => Fixture.Text(address)), new StringWriter(), Cancel,
        ["mesh", verb, "--mesh", File, "--blob", Fixture.Blobs.Address(BlobFixture.Name).ToString(), .. more]);
}
