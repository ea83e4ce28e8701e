using System.CommandLine;
using Isthmus.Cli.Local;
using Isthmus.Core.Kubernetes;
using Isthmus.System.Tests.Clusters;
using Isthmus.System.Tests.Secrecy;
using Xunit;

namespace Isthmus.System.Tests.Cli;

public sealed class HostCommandTests
{
    [Fact(Timeout = 120_000)]
    public async Task Registers_its_webhooks_in_the_clusters_and_ends_cleanly()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var clusters = await ClusterFixture.StartAsync();
        var mesh = Path.Combine(clusters.Folder, "mesh.yaml");
        await File.WriteAllTextAsync(mesh, $$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test}
            spec:
              dns: none
              clusters:
              - {name: east, network: n, access: {kubeconfig: "{{clusters.East.Kubeconfig}}" } }
            """, end.Token);
        await using var output = new SignallingWriter("Up until");

        var running = new RootCommand { HostCommand.Create() }.Parse(["host", "--mesh", mesh, "--public-url", "https://functions.test:7443/"])
            .InvokeAsync(new InvocationConfiguration { Output = new RecordingWriter(output, "a command's output"), ProcessTerminationTimeout = null }, end.Token);
        await output.Seen.WaitAsync(end.Token);
        while ((await clusters.East.Api.ListAsync(ResourceKind.MutatingWebhookConfiguration, null, null, null, end.Token)).Count == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(25), end.Token);
        var registered = await clusters.East.Api.ListAsync(ResourceKind.MutatingWebhookConfiguration, null, null, null, end.Token);
        await end.CancelAsync();

        Assert.Equal(0, await running);
        Assert.Contains("https://functions.test:7443/api/clusters/east/", Assert.Single(registered).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://functions.test/")]
    [InlineData("functions.test")]
    public async Task An_address_that_no_webhook_can_have_is_refused(string address)
    {
        await using var error = new StringWriter();

        var exitCode = await new RootCommand { HostCommand.Create() }.Parse(["host", "--mesh", "none.yaml", "--public-url", address])
            .InvokeAsync(new InvocationConfiguration { Error = new RecordingWriter(error, "a command's errors"), Output = new RecordingWriter(error, "a command's output") }, TestContext.Current.CancellationToken);

        Assert.Equal(1, exitCode);
        Assert.Contains("https", error.ToString(), StringComparison.Ordinal);
    }
}
