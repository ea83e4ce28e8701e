using System.CommandLine;
using System.Text.Json.Nodes;
using Isthmus.Cli.Trust;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.System.Tests.Secrecy;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Trust;

public sealed class TrustCommandTests
{
    [Fact]
    public async Task A_rotation_is_begun_looked_at_and_aborted_from_the_command_line()
    {
        await using var mesh = await RotatingMesh.StartAsync();
        Assert.Contains("isthmus trust rotate", (await RunAsync(mesh, 0, "status")).Output, StringComparison.Ordinal);
        Assert.Contains("no rotation is under way", (await RunAsync(mesh, 1, "abort")).Error, StringComparison.Ordinal);
        Assert.Contains("trust-both (a)", (await RunAsync(mesh, 0, "rotate")).Output, StringComparison.Ordinal);
        Assert.Contains("has not loaded", (await RunAsync(mesh, 1, "rotate", "--workloads-restarted")).Error, StringComparison.Ordinal);
        await mesh.SettleAsync();
        mesh.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("sign-new (b)", (await RunAsync(mesh, 0, "rotate", "--workloads-restarted")).Output, StringComparison.Ordinal);
        var status = Assert.IsType<JsonObject>(JsonNode.Parse((await RunAsync(mesh, 0, "status", "--json")).Output));
        Assert.Equal("sign-new", status["stage"]?.ToString());
        Assert.All(status["clusters"]?.AsArray() ?? [], cluster => Assert.Equal("istiod has not loaded it yet", cluster?["waits"]?.ToString()));
        Assert.Contains("aborting", (await RunAsync(mesh, 0, "abort")).Output, StringComparison.Ordinal);
        Assert.Equal("sign-old", await mesh.StageAsync("west"));
    }

    [Fact]
    public async Task A_lost_cluster_is_named_and_given_up_by_its_name()
    {
        await using var mesh = await RotatingMesh.StartAsync();
        mesh.Mesh.Cluster("west").Disconnect();
        Assert.Contains("give it up with --without", (await RunAsync(mesh, 1, "rotate")).Error, StringComparison.Ordinal);
        Assert.Contains("no cluster of this mesh", (await RunAsync(mesh, 1, "rotate", "--without", "wset")).Error, StringComparison.Ordinal);
        var (output, error) = await RunAsync(mesh, 1, "rotate", "--without", "west");
        Assert.Contains("given up: west", output, StringComparison.Ordinal);
        Assert.Contains("west:", error, StringComparison.Ordinal);
        Assert.Equal("trust-both", await mesh.StageAsync("east"));
    }

    private static async Task<(string Output, string Error)> RunAsync(RotatingMesh mesh, int expected, params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var root = new RootCommand
        {
            TrustCommands.Create(services =>
            {
                services.AddSingleton<ICertificateSource>(mesh.Mesh).AddSingleton<TimeProvider>(mesh.Time);
                // Requests that are tried again wait by a clock that goes.
                services.AddSingleton(provider => new ClusterConnections(provider.GetRequiredService<IMeshDocumentSource>(), new ClusterApiOptions(), TimeProvider.System));
            }),
        };
        var code = await root.Parse(["trust", .. arguments, "--mesh", mesh.Mesh.DocumentPath])
            .InvokeAsync(new InvocationConfiguration { Output = new RecordingWriter(output, "a command's output"), Error = new RecordingWriter(error, "a command's errors") }, TestContext.Current.CancellationToken);
        Assert.True(code == expected, $"{code}: {output} {error}");
        Assert.DoesNotContain("-----BEGIN", output.ToString() + error, StringComparison.Ordinal);
        return (output.ToString(), error.ToString());
    }
}
