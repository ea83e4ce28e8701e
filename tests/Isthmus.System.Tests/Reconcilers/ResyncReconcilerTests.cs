using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

public sealed class ResyncReconcilerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sets_up_trust_webhooks_and_names_in_all_clusters_and_then_writes_nothing_more()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        var planned = await mesh.Resync().PlanAsync(Cancel);
        Assert.NotEmpty(planned.Changes);
        Assert.Null(await mesh.FindAsync("east", ResourceKind.Namespace, null, "isthmus-system"));
        var report = await mesh.Resync().RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        foreach (var cluster in new[] { "east", "north", "west" })
        {
            Assert.NotNull(await mesh.EntryAsync(cluster));
            Assert.NotNull(await mesh.FindAsync(cluster, ResourceKind.Secret, "istio-system", "cacerts"));
            Assert.NotNull(await mesh.FindAsync(cluster, ResourceKind.MutatingWebhookConfiguration, null, "isthmus-injector"));
            Assert.NotNull(await mesh.FindAsync(cluster, ResourceKind.ValidatingWebhookConfiguration, null, "isthmus-changes"));
        }

        var second = new WatchedRequests();
        await mesh.Resync(second).RunAsync(Cancel);
        Assert.Equal([], second.Sent.Where(request => !request.Contains(" GET ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_renewed_certificate_replaces_the_old_one_everywhere()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.Trust().RunAsync(Cancel);
        var first = await Certificates(mesh);
        mesh.RenewCertificate();
        Assert.Equal(3, (await mesh.Trust().RunAsync(Cancel)).Changes.Count());
        var second = await Certificates(mesh);
        Assert.Single(first.Distinct());
        Assert.Single(second.Distinct());
        Assert.NotEqual(first[0], second[0]);
    }

    [Fact]
    public async Task A_cluster_that_leaves_is_cleaned_and_forgotten_by_the_others()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        await mesh.ExportAsync("north");
        await mesh.Resync().RunAsync(Cancel);
        await mesh.WriteDocumentAsync(document => document.Replace("network: n-west,", "network: n-west, state: leaving,", StringComparison.Ordinal));
        var report = await mesh.Clusters().RunAsync(new ClusterName("west"), Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Null(await mesh.EntryAsync("west"));
        Assert.Null(await mesh.FindAsync("west", ResourceKind.MutatingWebhookConfiguration, null, "isthmus-injector"));
        Assert.Equal("10.255.0.2", ObjectMetadata.TextOf(Assert.Single(Assert.IsType<JsonArray>((await mesh.EntryAsync("east"))?["spec"]?["endpoints"]))?["address"]));
    }

    [Fact]
    public async Task A_run_with_an_older_document_than_it_finds_stops()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.WriteDocumentAsync(document => document.Replace("generation: 1", "generation: 5", StringComparison.Ordinal));
        await mesh.Resync().RunAsync(Cancel);
        await mesh.WriteDocumentAsync(document => document);
        await mesh.ExportAsync("west");
        var report = await mesh.Resync().RunAsync(Cancel);
        Assert.Contains("generation 5", Assert.Single(report.Failures).Reason, StringComparison.Ordinal);
        Assert.Null(await mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_reached_is_named_and_the_others_are_served()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        mesh.Cluster("north").Disconnect();
        var report = await mesh.Resync().RunAsync(Cancel);
        Assert.Equal(new ClusterName("north"), Assert.Single(report.Failures).Cluster);
        Assert.NotNull(await mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task A_full_run_does_not_delete_more_than_a_fifth_of_a_kind_unasked()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        for (var number = 0; number < 8; number++)
            await mesh.ExportAsync("west", $"s{number}");
        await mesh.Resync().RunAsync(Cancel);
        for (var number = 0; number < 8; number++)
            await mesh.DeleteServiceAsync("west", $"s{number}");
        var guarded = await mesh.Resync().RunAsync(Cancel);
        Assert.Contains(guarded.Skipped, entry => entry.Kind == "ServiceEntry");
        Assert.NotNull(await mesh.EntryAsync("east", "s0.shop.global"));
        await mesh.Resync(options: new ReconcilerOptions { AllowDeletes = true }).RunAsync(Cancel);
        Assert.Null(await mesh.EntryAsync("east", "s0.shop.global"));
    }

    [Fact]
    public async Task Istios_own_definitions_accept_what_is_written_and_prune_nothing_of_it()
    {
        if (Repository.Shared is not { } shared)
        {
            Assert.Skip("the shared folder with Istio's definitions is not beside the checkout");
            return;
        }

        var definitions = Yaml.ReadAll(await File.ReadAllTextAsync(Path.Combine(shared, "istio", "crds", "istio-1.26.0.yaml"), Cancel)).OfType<JsonObject>()
            .Where(definition => ObjectMetadata.TextOf(definition["spec"]?["group"]) == "networking.istio.io").ToList();
        await using var mesh = await EmbeddedMesh.StartAsync(definitions, "east", "west");
        await mesh.ExportAsync("west");
        await mesh.ExportAsync("east");
        await new EmbeddedStatefulSet(mesh, "west").ExportAsync("mysql-0", "mysql-1");
        var report = await mesh.Resync().RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.NotNull(await mesh.EntryAsync("east", "mysql-1.mysql.shop.global"));
        // What was pruned would be planned again and again, and the run would never come to rest.
        Assert.Empty((await mesh.Resync().PlanAsync(Cancel)).Changes);
        Assert.Equal(2, Assert.IsType<JsonArray>((await mesh.EntryAsync("east"))?["spec"]?["endpoints"]).Count);
    }

    private static async Task<List<string?>> Certificates(EmbeddedMesh mesh)
    {
        var certificates = new List<string?>();
        foreach (var cluster in new[] { "east", "north", "west" })
            certificates.Add(ObjectMetadata.TextOf((await mesh.FindAsync(cluster, ResourceKind.Secret, "istio-system", "cacerts"))?["data"]?["ca-cert.pem"]));
        return certificates;
    }
}
