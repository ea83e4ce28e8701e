using System.CommandLine;
using Isthmus.Cli.Mesh;
using Isthmus.System.Tests.Reconcilers;
using Isthmus.System.Tests.Secrecy;
using Xunit;

namespace Isthmus.System.Tests.Cli;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)7, 32)];

    /// <summary>Runs plan or apply on the mesh's document, without its trust: the command would ask the real vault of that name.</summary>
    public static Task<CliRun> OnAsync(EmbeddedMesh mesh, Command command, params string[] arguments) =>
        OnAsync(mesh, command, new StringWriter(), TestContext.Current.CancellationToken, arguments);

    public static async Task<CliRun> OnAsync(EmbeddedMesh mesh, Command command, StringWriter output, CancellationToken cancellationToken, params string[] arguments)
    {
        var key = Path.Combine(Path.GetDirectoryName(mesh.DocumentPath) ?? "", "key");
        await File.WriteAllBytesAsync(key, Key, TestContext.Current.CancellationToken);
        return await InvokeAsync(
            command, output, cancellationToken,
            [command.Name, "--mesh", mesh.DocumentPath, "--functions-url", "https://functions.test/", "--webhook-key", key, .. arguments]);
    }

    public static async Task<CliRun> InvokeAsync(Command command, StringWriter output, CancellationToken cancellationToken, params string[] arguments)
    {
        await using var error = new StringWriter();
        var exitCode = await new RootCommand { command }.Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { Output = new RecordingWriter(output, "a command's output"), Error = new RecordingWriter(error, "a command's errors"), ProcessTerminationTimeout = null }, cancellationToken);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>A mesh that a command can work on.</summary>
    public static async Task<EmbeddedMesh> StartMeshAsync(params string[] names)
    {
        var mesh = await EmbeddedMesh.StartAsync(null, names);
        await mesh.WriteDocumentAsync(WithoutTrust);
        return mesh;
    }

    public static string WithoutTrust(string document) =>
        string.Join('\n', document.Split('\n').Where(line => !line.Contains("trust:", StringComparison.Ordinal)));
}
