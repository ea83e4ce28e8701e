using System.CommandLine;
using Isthmus.Cli.Local;
using Isthmus.Cli.Mesh;
using Isthmus.System.Tests.Secrecy;
using Xunit;

namespace Isthmus.System.Tests.Cli;

public sealed class MeshCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("plan")]
    [InlineData("apply")]
    [InlineData("status")]
    [InlineData("host")]
    public async Task A_mesh_document_with_several_errors_is_told_with_all_of_them(string command)
    {
        var mesh = Write("mesh.yaml", """
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test}
            spec:
              addressRange: 10.0.0.0/8
              clusters:
              - {name: West, network: n, access: {kubeconfig: none}}
              - {name: east, netwrok: n, access: {kubeconfig: none}}
            """);

        var (exitCode, error) = await RunAsync(command, mesh);

        Assert.Equal(1, exitCode);
        Assert.Contains("spec.addressRange", error, StringComparison.Ordinal);
        Assert.Contains("spec.clusters[0].name", error, StringComparison.Ordinal);
        Assert.Contains("spec.clusters[1].network", error, StringComparison.Ordinal);
        Assert.Contains("spec.clusters[1].netwrok", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("host")]
    public async Task A_mesh_document_that_is_not_there_is_said_so(string command)
    {
        var (exitCode, error) = await RunAsync(command, Path.Combine(_folder, "none.yaml"));

        Assert.Equal(1, exitCode);
        Assert.Contains("none.yaml", error, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Error)> RunAsync(string command, string mesh)
    {
        var key = Write("key", new string('k', 32));
        string[] arguments = command is "host" or "status"
            ? [command, "--mesh", mesh]
            : [command, "--mesh", mesh, "--functions-url", "https://functions.test/", "--webhook-key", key];
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var root = new RootCommand { HostCommand.Create(), PlanCommand.Create(), ApplyCommand.Create(), StatusCommand.Create() };
        var exitCode = await root.Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { Output = new RecordingWriter(output, "a command's output"), Error = new RecordingWriter(error, "a command's errors") }, TestContext.Current.CancellationToken);
        return (exitCode, error.ToString());
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
