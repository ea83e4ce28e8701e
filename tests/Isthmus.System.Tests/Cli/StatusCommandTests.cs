using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Cli.Mesh;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.System.Tests.Checks;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Cli;

public sealed class StatusCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clusters_gateways_names_conflicts_and_what_is_left_to_do_are_shown()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await CheckCommandTests.AddIstiodAsync(mesh, "east", "1.27.1");
        await mesh.ExportAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        await mesh.ExportAsync("north", port: 9999);
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        await mesh.ExportAsync("west", "ratings");
        await ProbedAsync(mesh, "east", "north", "10.255.0.2", GatewayState.Down);
        var address = (await mesh.EntryAsync("east"))?.Label(FederationNames.AddressLabel);
        var before = await mesh.StateAsync();

        var run = await RunAsync(mesh);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("mesh test, generation 1: 3 clusters, 2 names\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"[│|] east +[│|] active +[│|] v1\.\S+ +[│|] 1\.27\.1 \(default\) +[│|] n-east +[│|] 1 +[│|] coredns +[│|] 1 +[│|]", run.Output);
        Assert.Matches(@"[│|] north +[│|] active +[│|] v1\.\S+ +[│|] none +[│|] n-north +[│|]", run.Output);
        Assert.Matches(@"[│|] north +[│|] 10\.255\.0\.2:15443 +[│|] Down +[│|] 2026-01-01 00:00:00Z +[│|] refused +[│|]", run.Output);
        Assert.Matches(@"[│|] east +[│|] 10\.255\.0\.1:15443 +[│|] not probed yet +[│|]", run.Output);
        Assert.Matches($@"[│|] reviews\.shop\.global +[│|] {address} +[│|] west \(0\), north \(0, left out\) +[│|] east, north, west +[│|] +[│|]", run.Output);
        Assert.Matches(@"[│|] ratings\.shop\.global +[│|] none yet +[│|] west \(0\) +[│|] +[│|] east, north, west +[│|]", run.Output);
        Assert.Contains("  ! reviews.shop.global: north: left out: its ports are 9999/HTTP and not 9080/HTTP, which west exported first", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, await mesh.StateAsync());
    }

    [Fact]
    public async Task A_cluster_out_of_reach_is_told_and_what_it_exports_is_remembered()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        mesh.Cluster("west").Disconnect();

        var run = await RunAsync(mesh);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: cluster west cannot be reached", run.Error, StringComparison.Ordinal);
        Assert.Matches(@"[│|] west +[│|] active +[│|] out of reach +[│|] \? +[│|] n-west +[│|] \? +[│|] coredns +[│|] \? +[│|]", run.Output);
        Assert.Matches(@"[│|] reviews\.shop\.global +[│|] \S+ +[│|] west \(\d+, remembered\) +[│|] east, north +[│|]", run.Output);
    }

    [Fact]
    public async Task Programs_get_the_same_with_the_trust_and_no_secret_in_it()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        await mesh.ExportAsync("west");
        await mesh.ExportAsync("west", "ratings");
        Assert.True((await mesh.Resync().RunAsync(Cancel)).Succeeded);

        var run = await RunAsync(mesh, "--json");

        var json = Assert.IsType<JsonObject>(JsonNode.Parse(run.Output));
        Assert.Equal((0, 1, true), (run.ExitCode, json["schemaVersion"]?.GetValue<int>() ?? 0, json["succeeded"]?.GetValue<bool>() ?? false));
        Assert.Equal("steady", ObjectMetadata.TextOf(json["trust"]?["stage"]));
        Assert.Equal(["ratings.shop.global", "reviews.shop.global"], json["names"]?.AsArray().Select(name => ObjectMetadata.TextOf(name?["name"])));
        Assert.Equal("""[{"cluster":"west","ready":0,"standing":"serves"}]""", json["names"]?[0]?["exporters"]?.ToJsonString());
        Assert.Equal("""["east","west"]""", json["names"]?[0]?["importers"]?.ToJsonString());
        Assert.DoesNotContain("PRIVATE KEY", run.Output, StringComparison.Ordinal);
        Assert.Empty((await NamesAsync(mesh, "--problems")).ToList());
        Assert.Empty((await NamesAsync(mesh, "--namespace", "bank")).ToList());
        Assert.Equal(2, (await NamesAsync(mesh, "-n", "shop")).Count());
    }

    [Fact]
    public async Task An_older_document_than_was_applied_is_told()
    {
        await using var mesh = await CliRun.StartMeshAsync("east");
        Assert.True((await mesh.Resync().RunAsync(Cancel)).Succeeded);
        await mesh.WriteDocumentAsync(document => CliRun.WithoutTrust(document).Replace("generation: 1", "generation: 0", StringComparison.Ordinal));

        var run = await RunAsync(mesh);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("cluster east holds generation 1 of the mesh document", run.Error, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<JsonNode?>> NamesAsync(EmbeddedMesh mesh, params string[] arguments) =>
        JsonNode.Parse((await RunAsync(mesh, ["--json", .. arguments])).Output)?["names"]?.AsArray() ?? [];

    private static async Task ProbedAsync(EmbeddedMesh mesh, string cluster, string gateway, string address, GatewayState state)
    {
        var record = new GatewayRecord(state, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "refused");
        var addresses = ImmutableSortedDictionary<GatewayAddress, GatewayRecord>.Empty.Add(new GatewayAddress(address, 15443), record);
        var id = GatewayHealth.Id(new ClusterName(cluster));
        var content = Ownership.NewObject(id, "test");
        content["data"] = GatewayHealth.Unknown.With(new ClusterName(gateway), new ClusterGatewayHealth(addresses, [])).Write();
        await mesh.CreateAsync(cluster, content);
    }

    private static Task<CliRun> RunAsync(EmbeddedMesh mesh, params string[] arguments) =>
        CliRun.InvokeAsync(StatusCommand.Create(), new StringWriter(), Cancel, ["status", "--mesh", mesh.DocumentPath, .. arguments]);
}
