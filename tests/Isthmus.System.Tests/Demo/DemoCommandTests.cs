using System.CommandLine;
using System.Text.Json.Nodes;
using Isthmus.Cli.Checks;
using Isthmus.Cli.Demo;
using Isthmus.System.Tests.Cli;
using Isthmus.System.Tests.Secrecy;
using Xunit;

namespace Isthmus.System.Tests.Demo;

public sealed class DemoCommandTests
{
    private static readonly string[] Story = ["start", "trust", "join", "inject", "export", "withdraw", "renew", "rotate", "settle"];

    [Fact(Timeout = 180_000)]
    public async Task Every_step_of_the_story_holds()
    {
        var (exitCode, document) = await RunAsync(TestContext.Current.CancellationToken, "--patience", "60");

        Assert.True(exitCode == 0, document.ToJsonString());
        Assert.True(document["succeeded"]?.GetValue<bool>());
        Assert.Equal(Story, Steps(document).Select(step => step["name"]?.ToString()));
        Assert.All(Steps(document), step => Assert.NotEmpty(step["observed"]?.AsArray() ?? []));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("trust")]
    [InlineData("inject")]
    [InlineData("export")]
    public async Task A_step_broken_on_purpose_is_named(string step)
    {
        // The first steps of a run compile code; the broken one waits for its patience to end.
        var (exitCode, document) = await RunAsync(TestContext.Current.CancellationToken, "--break", step, "--patience", "12");

        Assert.Equal(1, exitCode);
        Assert.False(document["succeeded"]?.GetValue<bool>());
        Assert.Equal(step, document["failed"]?.ToString());
        Assert.Equal(step, Steps(document).Last()["name"]?.ToString());
    }

    [Fact(Timeout = 180_000)]
    public async Task Without_once_it_stays_up_passes_the_check_and_leaves_no_file_when_it_is_told_to_end()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var output = new SignallingWriter("Ctrl-C");
        var running = new RootCommand { DemoCommand.Create() }.Parse(["demo", "--patience", "60"])
            .InvokeAsync(new InvocationConfiguration { Output = new RecordingWriter(output, "a command's output"), ProcessTerminationTimeout = null }, end.Token);

        await output.Seen.WaitAsync(end.Token);
        var kubeconfig = output.ToString().Split(' ', '\n', '│').First(word => word.EndsWith("east.kubeconfig", StringComparison.Ordinal));
        Assert.True(File.Exists(kubeconfig));
        var key = Path.Combine(Path.GetDirectoryName(kubeconfig) ?? "", "functions.key");
        Assert.DoesNotContain(await File.ReadAllTextAsync(key, end.Token), output.ToString(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        Assert.False(running.IsCompleted);
        var mesh = Path.Combine(Path.GetDirectoryName(kubeconfig) ?? "", "mesh.yaml");
        var check = await CliRun.InvokeAsync(CheckCommand.Create(), new StringWriter(), end.Token, "check", "--mesh", mesh);
        Assert.True(check.ExitCode == 0, check.Output);
        await end.CancelAsync();

        Assert.Equal(0, await running);
        Assert.False(Directory.Exists(Path.GetDirectoryName(kubeconfig)));
    }

    private static async Task<(int ExitCode, JsonObject Document)> RunAsync(CancellationToken cancellationToken, params string[] more)
    {
        await using var output = new StringWriter();
        var exitCode = await new RootCommand { DemoCommand.Create() }.Parse(["demo", "--once", "--json", .. more])
            .InvokeAsync(new InvocationConfiguration { Output = new RecordingWriter(output, "a command's output"), ProcessTerminationTimeout = null }, cancellationToken);
        return (exitCode, Assert.IsType<JsonObject>(JsonNode.Parse(output.ToString())));
    }

    private static IEnumerable<JsonNode> Steps(JsonObject document) => (document["steps"]?.AsArray() ?? []).OfType<JsonNode>();
}
