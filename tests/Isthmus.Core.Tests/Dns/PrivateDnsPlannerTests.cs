using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Dns;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Federation;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Dns;

public sealed class PrivateDnsPlannerTests
{
    private const string Group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/mesh";
    private static readonly string[] Hosts = ["reviews.shop.global", "pay.bank.global", "mysql-0.mysql.shop.global", "a.b.global"];

    // What stands in the zones before: ours, another mesh's and nobody's.
    private static readonly Gen<FakeState> Before = Gen.Select(Choose.Among("shop.global", "bank.global"), Gen.Int[0, 5], Gen.Int[0, 2]).Array[0, 8].Select(things =>
    {
        var state = new FakeState();
        foreach (var (zone, what, owner) in things)
        {
            state.TryAdd(PrivateDnsNames.ZoneId(zone), Owned(PrivateDnsNames.ZoneId(zone), what % 2 == 0 ? 0 : owner));
            if (what < 4)
            {
                var id = PrivateDnsNames.RecordId(zone, new[] { "reviews", "pay", "old", "mysql-0.mysql" }[what]);
                state[id] = Owned(id, owner, new JsonObject { ["ttl"] = 15, ["addresses"] = new JsonArray("240.0.0.1") });
            }
            else
            {
                var network = Network(what == 4 ? "east" : "elsewhere");
                var id = PrivateDnsNames.LinkId(zone, PrivateDnsNames.LinkName(network));
                state[id] = Owned(id, owner, new JsonObject { ["virtualNetwork"] = network, ["registrationEnabled"] = false });
            }
        }

        return state;
    });

    private static readonly Gen<Dictionary<string, string>> Wanted =
        Gen.Dictionary(Choose.Among(Hosts), Gen.Int[1, 9].Select(number => $"240.0.0.{number}"))[0, 4];

    [Fact]
    public void A_domain_of_one_label_has_a_zone_for_each_namespace_and_a_longer_one_is_a_zone()
    {
        Assert.Equal(("shop.global", "reviews"), PrivateDnsNames.Locate("global", "reviews.shop.global"));
        Assert.Equal(("db.global", "mysql-0.mysql"), PrivateDnsNames.Locate("global", "mysql-0.mysql.db.global"));
        Assert.Equal(("mesh.global", "reviews.shop"), PrivateDnsNames.Locate("mesh.global", "reviews.shop.mesh.global"));
    }

    [Fact]
    public void Makes_zones_links_to_every_network_and_record_sets_with_a_short_lifetime()
    {
        var plan = Plan(Mesh(), [], new() { ["reviews.shop.global"] = "240.0.0.2" });
        Assert.Equal(["PrivateDnsLink", "PrivateDnsLink", "PrivateDnsRecord", "PrivateDnsZone"], plan.Actions.Select(action => action.Id.Kind.Kind).Order());
        var record = plan.Actions.OfType<PlannedAction.Create>().Single(create => create.Id.Kind == PrivateDnsNames.Record);
        Assert.Equal("""{"ttl":15,"addresses":["240.0.0.2"]}""", record.Content["spec"]?.ToJsonString());
        Assert.All(plan.Actions.OfType<PlannedAction.Create>(), create => Assert.True(Ownership.IsOurs(create.Content, "m")));
        Assert.All(plan.Actions.OfType<PlannedAction.Create>().Where(create => create.Id.Kind == PrivateDnsNames.Link), link => Assert.False((bool?)link.Content["spec"]?["registrationEnabled"]));
    }

    [Fact]
    public void After_applying_plans_as_long_as_they_write_nothing_is_left_of_what_is_not_wanted() => Gen.Select(Before, Wanted).Sample((state, wanted) =>
    {
        var mesh = Mesh();
        // The zone itself goes when it was seen to be empty, so with the last record it takes one more look.
        for (var round = 0; round < 2; round++)
            state.Apply(Plan(mesh, state, wanted));
        return !Plan(mesh, state, wanted).HasWrites
            && state.Where(entry => entry.Key.Kind == PrivateDnsNames.Record && Ownership.IsOurs(entry.Value, "m") && Ownership.IsOurs(state[PrivateDnsNames.ZoneId(entry.Key.Namespace ?? "")], "m"))
                .All(entry => wanted.ContainsKey($"{entry.Key.Name}.{entry.Key.Namespace}"));
    }, iter: 2000);

    [Fact]
    public void Nothing_is_ever_changed_or_deleted_that_is_not_ours_nor_a_zone_that_holds_anything() => Gen.Select(Before, Wanted).Sample((state, wanted) =>
        Plan(Mesh(), state, wanted).Actions.Where(action => action is PlannedAction.Delete or PlannedAction.Replace).All(action =>
            Ownership.IsOurs(state[action.Id], "m")
            && (action.Id.Kind != PrivateDnsNames.Zone || !state.Keys.Any(id => id.Namespace == action.Id.Name && id.Kind == PrivateDnsNames.Record))), iter: 2000);

    [Fact]
    public void The_order_of_what_is_seen_does_not_matter() => Gen.Select(Before, Wanted).Sample((state, wanted) =>
    {
        var reversed = new FakeState();
        foreach (var (id, obj) in state.Reverse())
            reversed[id] = obj;
        return Text(Plan(Mesh(), state, wanted)) == Text(Plan(Mesh(), reversed, wanted.Reverse().ToDictionary()));
    }, iter: 500);

    [Fact]
    public void A_run_for_one_name_touches_no_other_and_takes_no_zone_away() => Gen.Select(Before, Wanted).Sample((state, wanted) =>
    {
        var one = wanted.Where(record => record.Key == "reviews.shop.global").ToDictionary();
        var plan = Plan(Mesh(), state, one, scope: FederationScope.Of(new ServiceName("shop", "reviews")));
        return plan.Actions.Where(action => action.IsWrite).All(action => action.Id.Kind == PrivateDnsNames.Record
            ? action.Id is { Namespace: "shop.global", Name: "reviews" }
            : action is PlannedAction.Create && one.Count > 0);
    }, iter: 1000);

    [Fact]
    public void A_leaving_clusters_network_is_unlinked_and_one_that_no_cluster_names_is_only_reported()
    {
        var state = FakeState.Of(Plan(Mesh(), [], new() { ["reviews.shop.global"] = "240.0.0.2" }));
        var leaving = Plan(Mesh("state: leaving"), state, new() { ["reviews.shop.global"] = "240.0.0.2" });
        Assert.Equal(Network("west"), Assert.Single(leaving.Actions.OfType<PlannedAction.Delete>()).Live["spec"]?["virtualNetwork"]?.ToString());
        var moved = Plan(Mesh(west: "moved"), state, new() { ["reviews.shop.global"] = "240.0.0.2" });
        Assert.Contains(moved.Actions, action => action is PlannedAction.Skipped { Reason: var reason } && reason.Contains("no cluster", StringComparison.Ordinal));
        Assert.Single(moved.Actions.OfType<PlannedAction.Create>());
    }

    [Fact]
    public void While_a_control_plane_is_silent_nothing_is_withdrawn_that_it_may_still_use()
    {
        var state = FakeState.Of(Plan(Mesh(), [], new() { ["reviews.shop.global"] = "240.0.0.2" }));
        var plan = Plan(Mesh(), state, [], mayWithdraw: false);
        Assert.False(plan.HasWrites);
        Assert.Contains("cannot be reached", Assert.Single(plan.Actions.OfType<PlannedAction.Skipped>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_put_under_a_name_or_into_a_zone_stays_and_is_reported()
    {
        var state = FakeState.Of(Plan(Mesh(), [], new() { ["reviews.shop.global"] = "240.0.0.2" }));
        var seen = Snapshot(state, ("CNAME", "pay"), ("TXT", "note"));
        var wanted = new Dictionary<string, string> { ["pay.shop.global"] = "240.0.0.3" };
        var plan = PrivateDnsPlanner.Plan(Mesh(), seen, wanted, true, FederationScope.Everything);
        Assert.Contains(plan.Actions, action => action is PlannedAction.Skipped { Id.Name: "pay" });
        Assert.DoesNotContain(plan.Actions, action => action is PlannedAction.Create);
        state.Remove(PrivateDnsNames.RecordId("shop.global", "reviews"));
        var emptied = PrivateDnsPlanner.Plan(Mesh(), Snapshot(state, ("TXT", "note")), new Dictionary<string, string>(), true, FederationScope.Everything);
        Assert.False(emptied.HasWrites);
        Assert.Contains("TXT record set note", Assert.Single(emptied.Actions.OfType<PlannedAction.Skipped>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zone_takes_new_names_as_far_as_azure_lets_it_and_says_before_that_it_fills()
    {
        var wanted = Enumerable.Range(0, 25_010).ToDictionary(number => $"s{number:00000}.shop.global", _ => "240.0.0.2");
        var plan = Plan(Mesh(), [], wanted);
        Assert.Equal(25_000, plan.Actions.Count(action => action is PlannedAction.Create && action.Id.Kind == PrivateDnsNames.Record));
        Assert.Contains(plan.Actions, action => action is PlannedAction.Skipped { Id.Name: "shop.global" });
        Assert.Equal(10, plan.Actions.Count(action => action is PlannedAction.Skipped && action.Id.Kind == PrivateDnsNames.Record));
    }

    [Theory]
    [InlineData("dns: private", "", "spec.clusters[0].vnet", "required")]
    [InlineData("dns: private, vnet: /x", "", "spec.clusters[0].vnet", "not of the form")]
    [InlineData("dns: private, vnet: NETWORK/../x", "", "spec.clusters[0].vnet", "not of the form")]
    [InlineData("dns: private, vnet: NETWORK", null, "spec.clusters[0].dns", "needs spec.privateDns")]
    [InlineData("dns: sidecar", "group", "spec.privateDns.resourceGroup", "not of the form")]
    public void A_document_says_what_private_dns_needs(string cluster, string? group, string path, string reason)
    {
        var settings = group is null ? "" : $"privateDns: {{resourceGroup: {(group.Length == 0 ? Group : group)}}}";
        var errors = MeshDocument.Parse($$$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: m}
            spec:
              {{{settings}}}
              clusters:
              - {name: a, network: n, access: {kubeconfig: k}, {{{cluster.Replace("NETWORK", Network("a"), StringComparison.Ordinal)}}}}
            """).Errors;
        var error = Assert.Single(errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static Plan Plan(MeshDocument mesh, FakeState state, Dictionary<string, string> wanted, bool mayWithdraw = true, FederationScope? scope = null) =>
        PrivateDnsPlanner.Plan(mesh, Snapshot(state), wanted, mayWithdraw, scope ?? FederationScope.Everything);

    private static PrivateDnsSnapshot Snapshot(FakeState state, params (string, string)[] others) =>
        new([.. state.Where(entry => entry.Key.Kind == PrivateDnsNames.Zone).Select(zone => new PrivateZoneSnapshot
        {
            Name = zone.Key.Name,
            Zone = zone.Value,
            Links = Below(state, zone.Key, PrivateDnsNames.Link),
            Records = Below(state, zone.Key, PrivateDnsNames.Record),
            Others = others,
        })]);

    private static List<JsonObject> Below(FakeState state, ObjectId zone, ResourceKind kind) =>
        [.. state.Where(entry => entry.Key.Kind == kind && entry.Key.Namespace == zone.Name).Select(entry => entry.Value)];

    private static JsonObject Owned(ObjectId id, int owner, JsonObject? spec = null)
    {
        var content = Ownership.NewObject(id, owner == 1 ? "other" : "m");
        if (owner == 2)
            (content["metadata"] as JsonObject)?.Remove("labels");
        if (spec is not null)
            content["spec"] = spec;
        return content;
    }

    private static string Network(string name) => $"{Group}/providers/Microsoft.Network/virtualNetworks/vnet-{name}";

    private static string Text(Plan plan) => string.Join('\n', plan.Actions.Select(action => $"{action.GetType().Name} {action.Id} {(action as PlannedAction.Skipped)?.Reason}"));

    private static MeshDocument Mesh(string ofWest = "draining: false", string west = "west") => FederationWorld.Parse($$$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: m}
        spec:
          dns: private
          privateDns: {resourceGroup: {{{Group}}}/}
          clusters:
          - {name: east, network: n-east, access: {kubeconfig: k}, vnet: {{{Network("east")}}}}
          - {name: west, network: n-west, access: {kubeconfig: k}, vnet: {{{Network(west)}}}, {{{ofWest}}}}
        """);
}
