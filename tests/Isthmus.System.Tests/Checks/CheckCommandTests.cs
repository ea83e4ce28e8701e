using System.Text.Json.Nodes;
using Isthmus.Cli.Checks;
using Isthmus.Core.Kubernetes;
using Isthmus.System.Tests.Cli;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Checks;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task A_cluster_without_Istio_and_one_out_of_reach_are_told_and_fail_the_check()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await AddIstiodAsync(mesh, "east", "1.27.1");
        mesh.Cluster("west").Disconnect();

        var run = await RunAsync(mesh);

        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"(?m)^cluster east\n  ok       API server: v1\.\S+ answers in \d+ ms$", run.Output);
        Assert.Contains("\n  ok       rights: sufficient\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  ok       Istio: 1.27.1 (istiod, revision default)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("cluster west\n  error    API server: cluster west cannot be reached", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_cluster_is_looked_at_alone_and_told_as_JSON()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "west");
        await mesh.WriteDocumentAsync(document => CliRun.WithoutTrust(document).Replace("network: n-west", "network: n-west, controlPlane: east", StringComparison.Ordinal));
        await AddIstiodAsync(mesh, "east", "1.27.1");

        var run = await RunAsync(mesh, "--cluster", "east", "--json");

        var json = Assert.IsType<JsonObject>(JsonNode.Parse(run.Output));
        Assert.Equal(0, run.ExitCode);
        Assert.True(json["succeeded"]?.GetValue<bool>());
        Assert.Equal(["east"], json["findings"]?.AsArray().Select(finding => finding?["cluster"]?.GetValue<string>()).Distinct());
    }

    [Fact]
    public async Task A_mesh_that_was_applied_is_fit_until_somebody_takes_one_of_its_addresses()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        await AddIstiodAsync(mesh, "east", "1.27.1");
        await AddIstiodAsync(mesh, "west", "1.24.0");
        await mesh.ExportAsync("west");
        Assert.True((await mesh.Resync().RunAsync(TestContext.Current.CancellationToken)).Succeeded);

        var fit = await RunAsync(mesh);
        await mesh.CreateAsync("east", new JsonObject
        {
            ["apiVersion"] = ResourceKind.ServiceEntry.ApiVersion,
            ["kind"] = "ServiceEntry",
            ["metadata"] = new JsonObject { ["name"] = "theirs", ["namespace"] = "shop" },
            ["spec"] = new JsonObject { ["hosts"] = new JsonArray("a.example"), ["addresses"] = new JsonArray("240.1.2.3") },
        });
        var unfit = await RunAsync(mesh);

        Assert.True(fit.ExitCode == 0, fit.Output);
        Assert.Contains("\n  ok       trust: cacerts is ours\n", fit.Output, StringComparison.Ordinal);
        Assert.Contains("\n  ok       DNS: 1 records (dns: coredns)\n", fit.Output, StringComparison.Ordinal);
        Assert.Equal(1, unfit.ExitCode);
        Assert.Contains("\n  error    ServiceEntry shop/theirs: address 240.1.2.3 lies in the mesh's addressRange 240.0.0.0/4: give it another address", unfit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_age_of_the_token_of_each_served_cluster_is_told_and_one_that_the_server_does_not_know()
    {
        await using var mesh = await CliRun.StartMeshAsync("east", "north", "west");
        await mesh.WriteDocumentAsync(document => CliRun.WithoutTrust(document)
            .Replace("network: n-north", "network: n-north, controlPlane: east", StringComparison.Ordinal)
            .Replace("network: n-west", "network: n-west, controlPlane: east", StringComparison.Ordinal));
        Assert.Contains("remote secret of west: there is none yet", (await RunAsync(mesh)).Output, StringComparison.Ordinal);
        Assert.True((await mesh.Resync().RunAsync(TestContext.Current.CancellationToken)).Succeeded);
        var west = await mesh.ApiAsync("west");
        var account = await west.GetAsync(ResourceKind.ServiceAccount, "isthmus-system", "istio-reader-east", TestContext.Current.CancellationToken);
        await west.DeleteAsync(ResourceKind.ServiceAccount, account ?? [], TestContext.Current.CancellationToken);

        var run = await RunAsync(mesh);

        Assert.Matches(@"\n  ok       remote secret of north: its token is 0 min old and ends in [67] d \d+ h; it is renewed from 20\d\d-", run.Output);
        Assert.Contains(
            "\n  error    remote secret of west: the API server of cluster west does not know its token, so istiod does not read the cluster: run isthmus apply: it gets a new one",
            run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_check()
    {
        await using var mesh = await CliRun.StartMeshAsync("east");
        using var ctrlC = new CancellationTokenSource();
        await ctrlC.CancelAsync();

        var run = await CliRun.InvokeAsync(CheckCommand.Create(), new StringWriter(), ctrlC.Token, "check", "--mesh", mesh.DocumentPath);

        Assert.Equal(130, run.ExitCode);
        Assert.Contains("stopped", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rights_that_are_missing_are_told_by_resource()
    {
        await using var mesh = await CliRun.StartMeshAsync("east");
        await AddIstiodAsync(mesh, "east", "1.27.1");
        await LimitedAccess.UseAsync(mesh, "east", role => ((JsonArray?)role["rules"])?.RemoveAt(1));

        var run = await RunAsync(mesh);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("  error    rights: may not create serviceaccounts/token: apply infra/clusterrole.yaml", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 error, ", run.Output, StringComparison.Ordinal);
    }

    internal static async Task AddIstiodAsync(EmbeddedMesh mesh, string cluster, string version)
    {
        var api = await mesh.ApiAsync(cluster);
        var labels = new JsonObject { ["app"] = "istiod" };
        var created = await api.CreateAsync(ResourceKind.Deployment, new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject { ["name"] = "istiod", ["namespace"] = "istio-system", ["labels"] = labels },
            ["spec"] = new JsonObject
            {
                ["selector"] = new JsonObject { ["matchLabels"] = labels.DeepClone() },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
                    ["spec"] = new JsonObject
                    {
                        ["containers"] = new JsonArray(new JsonObject { ["name"] = "discovery", ["image"] = $"docker.io/istio/pilot:{version}" }),
                    },
                },
            },
        }, TestContext.Current.CancellationToken);
        created["status"] = new JsonObject { ["replicas"] = 1, ["readyReplicas"] = 1 };
        await api.ReplaceStatusAsync(ResourceKind.Deployment, created, TestContext.Current.CancellationToken);
    }

    private static Task<CliRun> RunAsync(EmbeddedMesh mesh, params string[] arguments) => CliRun.InvokeAsync(
        CheckCommand.Create(), new StringWriter(), TestContext.Current.CancellationToken, ["check", "--mesh", mesh.DocumentPath, .. arguments]);
}
