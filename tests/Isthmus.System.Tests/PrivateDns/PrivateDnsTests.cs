using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Core.Dns;
using Isthmus.Embedded.PrivateDns;
using Isthmus.Embedded.Tls;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.PrivateDns;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.PrivateDns;

public sealed class PrivateDnsTests : IAsyncLifetime
{
    private const string Group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/mesh-dns";
    private const string Reviews = "shop.global/A/reviews ";

    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("test", TimeProvider.System);
    private EmbeddedPrivateDns? _dns;
    private EmbeddedMesh? _mesh;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private EmbeddedPrivateDns Dns => _dns ?? throw new InvalidOperationException("It is not started.");

    private EmbeddedMesh Mesh => _mesh ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync()
    {
        _dns = await EmbeddedPrivateDns.StartAsync(new PrivateDnsOptions { Authority = _authority, ResourceGroup = Group, PageSize = 2 }, Cancel);
        _mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        _mesh.Arm = Arm(_dns.Token);
        await WriteDocumentAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        await Dns.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_name_gets_zone_links_and_record_set_and_a_second_run_writes_nothing()
    {
        await Mesh.ExportAsync("west");
        var report = await RunAsync();
        Assert.Contains(report.Changes, entry => entry is { Kind: "PrivateDnsRecord", Namespace: "shop.global", Name: "reviews", Outcome: RunOutcome.Created });
        var address = (await Mesh.EntryAsync("east"))?["spec"]?["addresses"]?[0]?.ToString();
        Assert.NotNull(address);
        Assert.Contains($"\"aRecords\":[{{\"ipv4Address\":\"{address}\"}}],\"metadata\":{{\"isthmus-mesh\":\"test\"}}", Dns.Describe(), StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(Dns.Describe(), "\"registrationEnabled\":false"));
        Assert.DoesNotContain(EmbeddedMesh.Host, await Mesh.StateOfDnsAsync("east"), StringComparison.Ordinal);
        Dns.ForgetRequests();
        await RunAsync();
        Assert.All(Dns.Requests, request => Assert.StartsWith("GET ", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_write_is_bound_to_what_was_observed()
    {
        await Mesh.ExportAsync("west");
        await RunAsync();
        Assert.Equal(4, Dns.Conditions.Count(condition => condition.StartsWith("PUT ", StringComparison.Ordinal)));
        Assert.All(Dns.Conditions, condition => Assert.EndsWith(" If-None-Match: *", condition, StringComparison.Ordinal));
        Dns.Change("shop.global/A/reviews", resource => resource["properties"]?["aRecords"]?.ReplaceWith(new JsonArray(new JsonObject { ["ipv4Address"] = "10.9.9.8" })));
        await RunAsync();
        await Mesh.UnexportAsync("west");
        await RunAsync();
        Assert.All(Dns.Conditions.Skip(4), condition => Assert.EndsWith(" If-Match", condition, StringComparison.Ordinal));
        Assert.Equal(["DELETE", "DELETE", "DELETE", "DELETE", "PUT"], Dns.Conditions.Skip(4).Select(condition => condition.Split(' ')[0]).Order());
    }

    [Fact]
    public async Task Lists_are_followed_page_by_page_and_every_request_names_its_version()
    {
        for (var number = 0; number < 5; number++)
            await Mesh.ExportAsync("west", $"other-{number}");
        await RunAsync();
        Dns.ForgetRequests();
        await RunAsync();
        Assert.All(Dns.Requests, request => Assert.Contains("api-version=2020-06-01", request, StringComparison.Ordinal));
        Assert.Equal(3, Dns.Requests.Count(request => request.Contains("/shop.global/ALL?", StringComparison.Ordinal)));
        Assert.Contains(Dns.Requests, request => request.Contains("/ALL?", StringComparison.Ordinal) && request.Contains("skiptoken=4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_that_is_longer_than_a_run_may_take_is_left_to_the_next_run()
    {
        await Mesh.ExportAsync("west");
        Dns.Throttle(requests: 1, retryAfterSeconds: 300);
        var report = await Mesh.Resync().RunAsync(Cancel);
        Assert.Contains("a later run goes on", Assert.Single(report.Failures).Reason, StringComparison.Ordinal);
        Assert.Equal(1, Dns.Requests.Count(request => request.Contains("/privateDnsZones?", StringComparison.Ordinal)));
        await RunAsync();
    }

    [Fact]
    public async Task A_plan_shows_what_a_run_would_change_and_changes_nothing()
    {
        await Mesh.ExportAsync("west");
        var plan = await Mesh.Resync().PlanAsync(Cancel);
        Assert.Equal(
            ["PrivateDnsLink", "PrivateDnsLink", "PrivateDnsRecord", "PrivateDnsZone"],
            plan.Changes.Where(entry => entry.Cluster == PrivateDnsNames.Place).Select(entry => entry.Kind).Order());
        Assert.All(Dns.Requests, request => Assert.StartsWith("GET ", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_emptied_namespace_leaves_neither_record_set_nor_links_nor_zone()
    {
        await Mesh.ExportAsync("west");
        await RunAsync();
        await Mesh.UnexportAsync("west");
        await RunAsync();
        Assert.Equal("", Dns.Describe());
    }

    [Fact]
    public async Task One_services_event_costs_the_same_requests_however_many_others_there_are()
    {
        await Mesh.ExportAsync("west");
        await RunAsync();
        var few = await EventAsync();
        for (var number = 0; number < 12; number++)
            await Mesh.ExportAsync("west", $"other-{number}");
        await RunAsync();
        Assert.Equal(few, await EventAsync());
        Assert.All(few, request => Assert.StartsWith("GET ", request, StringComparison.Ordinal));
        Assert.Contains("/A/other-11 ", Dns.Describe(), StringComparison.Ordinal);

        async Task<List<string>> EventAsync()
        {
            Dns.ForgetRequests();
            Assert.True((await Mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
            return [.. Dns.Requests.Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public async Task One_services_event_sets_and_withdraws_its_record_set()
    {
        await Mesh.ExportAsync("west");
        Assert.True((await Mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
        Assert.Contains(Reviews, Dns.Describe(), StringComparison.Ordinal);
        await Mesh.UnexportAsync("west");
        Assert.True((await Mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
        Assert.DoesNotContain(Reviews, Dns.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_sets_and_zones_of_others_stay_and_a_clash_is_reported()
    {
        await PutAsync("shop.global", """{"location":"global"}""");
        await PutAsync("shop.global/A/reviews", """{"properties":{"ttl":60,"aRecords":[{"ipv4Address":"10.0.0.1"}]}}""");
        await PutAsync("shop.global/A/theirs", """{"properties":{"ttl":60,"aRecords":[{"ipv4Address":"10.0.0.2"}]}}""");
        var before = Dns.Describe();
        await Mesh.ExportAsync("west");
        var report = await RunAsync();
        Assert.Contains(report.Skipped, entry => entry is { Kind: "PrivateDnsRecord", Name: "reviews" });
        Assert.Contains("10.0.0.1", Dns.Describe(), StringComparison.Ordinal);
        await Mesh.UnexportAsync("west");
        await RunAsync();
        Assert.Equal(before, Dns.Describe());
    }

    [Fact]
    public async Task What_somebody_changed_in_between_is_looked_at_again()
    {
        await Mesh.ExportAsync("west");
        await RunAsync();
        Dns.ForgetRequests();
        Change("10.9.9.8");
        var hasChanged = false;
        Dns.Before = (method, path) =>
        {
            if (method == "PUT" && path.EndsWith("/A/reviews", StringComparison.Ordinal) && !hasChanged)
            {
                hasChanged = true;
                Change("10.9.9.9");
            }

            return Task.CompletedTask;
        };
        await RunAsync();
        Assert.True(hasChanged);
        Assert.DoesNotContain("10.9.9.", Dns.Describe(), StringComparison.Ordinal);
        Assert.Equal(2, Dns.Requests.Count(request => request.StartsWith("PUT ", StringComparison.Ordinal) && request.Contains("/A/reviews?", StringComparison.Ordinal)));

        // Ours, but with another address: somebody edited it by hand.
        void Change(string address) => Dns.Change(
            "shop.global/A/reviews", resource => resource["properties"]?["aRecords"]?.ReplaceWith(new JsonArray(new JsonObject { ["ipv4Address"] = address })));
    }

    [Fact]
    public async Task Throttling_is_waited_for_as_long_as_azure_says()
    {
        await Mesh.ExportAsync("west");
        Dns.Throttle(requests: 2, retryAfterSeconds: 1);
        await RunAsync();
        Assert.Contains(Reviews, Dns.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_rights_the_clusters_are_served_and_the_run_says_what_is_missing()
    {
        Mesh.Arm = Arm("wrong");
        await Mesh.ExportAsync("west");
        var report = await Mesh.Resync().RunAsync(Cancel);
        var failure = Assert.Single(report.Failures);
        Assert.Equal(PrivateDnsNames.Place, failure.Cluster);
        Assert.Contains("Private DNS Zone Contributor", failure.Reason, StringComparison.Ordinal);
        Assert.NotNull(await Mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task A_leaving_clusters_network_is_unlinked()
    {
        await Mesh.ExportAsync("west");
        await RunAsync();
        await WriteDocumentAsync(document => document.Replace("network: n-east,", "network: n-east, state: leaving,", StringComparison.Ordinal));
        await RunAsync();
        Assert.DoesNotContain("vnet-east", Dns.Describe(), StringComparison.Ordinal);
        Assert.Contains("vnet-west", Dns.Describe(), StringComparison.Ordinal);
        Assert.Contains(Reviews, Dns.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_control_plane_is_silent_its_clients_keep_their_names()
    {
        await Mesh.ExportAsync("west");
        await RunAsync();
        Mesh.Cluster("east").Disconnect();
        await Mesh.UnexportAsync("west");
        await Mesh.Resync().RunAsync(Cancel);
        Assert.Contains(Reviews, Dns.Describe(), StringComparison.Ordinal);
        Mesh.Cluster("east").Reconnect();
        await RunAsync();
        Assert.Equal("", Dns.Describe());
    }

    [Theory]
    [InlineData("private")]
    [InlineData("sidecar")]
    public async Task Records_go_from_coredns_when_a_mesh_resolves_in_another_way(string provider)
    {
        await WriteDocumentAsync(document => document.Replace("dns: private", "dns: coredns", StringComparison.Ordinal));
        var before = await Mesh.StateOfDnsAsync("east");
        await Mesh.ExportAsync("west");
        await RunAsync();
        Assert.Contains(EmbeddedMesh.Host, await Mesh.StateOfDnsAsync("east"), StringComparison.Ordinal);
        await WriteDocumentAsync(document => document.Replace("dns: private", $"dns: {provider}", StringComparison.Ordinal));
        await RunAsync();
        Assert.Equal(before, await Mesh.StateOfDnsAsync("east"));
        Assert.Equal(provider == "private", Dns.Describe().Contains(Reviews, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_longer_domain_is_one_zone()
    {
        await WriteDocumentAsync(document => document.Replace("dns: private", "dns: private\n  domain: mesh.global", StringComparison.Ordinal));
        await Mesh.ExportAsync("west");
        await RunAsync();
        Assert.Contains("mesh.global/A/reviews.shop ", Dns.Describe(), StringComparison.Ordinal);
    }

    private async Task<RunReport> RunAsync()
    {
        var report = await Mesh.Resync(options: new ReconcilerOptions { AllowDeletes = true }).RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        return report;
    }

    private Task WriteDocumentAsync(Func<string, string>? change = null) => Mesh.WriteDocumentAsync(document =>
    {
        var text = Regex.Replace(
            document.Replace("spec:\n", $"spec:\n  dns: private\n  privateDns: {{resourceGroup: {Group}}}\n", StringComparison.Ordinal),
            "name: (east|west), ",
            $"name: $1, vnet: {Group}/providers/Microsoft.Network/virtualNetworks/vnet-$1, ");
        return change is null ? text : change(text);
    });

    private Task PutAsync(string path, string body) => Arm(Dns.Token).PutAsync(
        $"{Group}/providers/Microsoft.Network/privateDnsZones/{path}", PrivateDnsZones.ApiVersion, JsonNode.Parse(body)?.AsObject() ?? [], null, Cancel);

    private ArmClient Arm(string token) => new(
        DelegatedTokenCredential.Create((_, _) => new AccessToken(token, DateTimeOffset.MaxValue)), TimeProvider.System, new HttpClientTransport(Dns.CreateHandler()));
}
