using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.ControlPlane;

public sealed class RemoteSecretPlannerTests
{
    private const string East = "name: east, network: n1";
    private const string West = "name: west, network: n2, controlPlane: east";
    private static readonly MeshDocument Mesh = ReaderWorld.Mesh(East, West);
    private static readonly ClusterName WestName = new("west");

    [Fact]
    public void Istiod_gets_a_kubeconfig_as_istioctl_writes_it()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        var secret = world.State[ReaderWorld.Secret("east", "west")];
        Assert.Equal("true", secret.Label("istio/multiCluster"));
        Assert.Equal("west", secret.Annotation("networking.istio.io/cluster"));
        Assert.Equal("west", Assert.Single(Assert.IsType<JsonObject>(secret["data"])).Key);
        Assert.Equal(
            """
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: Q0EK
                server: https://west.example.com:6443
              name: west
            contexts:
            - context:
                cluster: west
                user: west
              name: west
            current-context: west
            kind: Config
            preferences: {}
            users:
            - name: west
              user:
                token: token-0

            """,
            Kubeconfig(secret));
    }

    [Fact]
    public void The_account_comes_first_and_then_a_token_of_it_is_needed()
    {
        var world = new ReaderWorld();
        var first = world.Plan(Mesh);
        Assert.Empty(first.NeedToken);
        Assert.Equal(["ServiceAccount", "ClusterRole", "ClusterRoleBinding"], first.Plan.Actions.Select(action => action.Id.Kind.Kind));
        world.State.Apply(first.Plan);
        Assert.Equal([WestName], world.Plan(Mesh).NeedToken);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(8, true)]
    [InlineData(20, true)]
    public void A_token_is_renewed_in_the_middle_of_its_life(int hours, bool renewed)
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        var before = world.State[ReaderWorld.Secret("east", "west")];
        world.Now += TimeSpan.FromHours(hours);
        world.Settle(Mesh);
        var after = world.State[ReaderWorld.Secret("east", "west")];
        Assert.Equal(renewed, Kubeconfig(before) != Kubeconfig(after));
        Assert.Equal(renewed ? world.Now : ReaderWorld.Start, RemoteSecret.Life(after)?.Issued);
    }

    [Theory]
    [InlineData(7 * 24 * 60, 3.5 * 24 * 60)]
    [InlineData(120, 60)]
    [InlineData(60, 20)]
    [InlineData(48, 12)]
    [InlineData(10, 2.5)]
    public void A_short_life_is_renewed_earlier_since_nobody_looks_between_two_runs(double minutes, double renewed) =>
        Assert.Equal(
            ReaderWorld.Start.AddMinutes(renewed), RemoteSecretPlanner.RenewAt(ReaderWorld.Start, ReaderWorld.Start.AddMinutes(minutes)));

    [Fact]
    public void A_run_every_quarter_of_an_hour_renews_a_token_of_an_hour_or_more_before_two_thirds_of_its_life() =>
        Gen.Select(Gen.Int[60, 10_000], Gen.Int[0, 15]).Sample((minutes, first) =>
        {
            var renewAt = (RemoteSecretPlanner.RenewAt(ReaderWorld.Start, ReaderWorld.Start.AddMinutes(minutes)) - ReaderWorld.Start).TotalMinutes;
            var run = (double)first;
            while (run < renewAt)
                run += 15;
            return run < 2 * minutes / 3.0 && renewAt > 0;
        });

    [Fact]
    public void The_renewal_changes_the_secret_in_place()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        world.Now += TimeSpan.FromHours(7);
        Assert.IsType<PlannedAction.Replace>(Assert.Single(RemoteSecretPlanner.Plan(Mesh, world.See(Mesh, [WestName])).Plan.Actions, action => action.IsWrite));
    }

    [Fact]
    public void Until_there_is_a_new_token_the_old_one_stays()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        world.Now += TimeSpan.FromHours(11);
        Assert.False(world.Plan(Mesh).Plan.HasWrites);
    }

    [Fact]
    public void A_token_that_the_server_does_not_know_any_more_is_replaced_at_once()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        world.RefusedTokens.Add(WestName);
        Assert.Equal([WestName], world.Plan(Mesh).NeedToken);
    }

    [Fact]
    public void A_new_account_means_a_new_token()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        Assert.IsType<JsonObject>(world.State[ReaderWorld.Account("west", "east")]["metadata"])["uid"] = "another";
        Assert.Equal([WestName], world.Plan(Mesh).NeedToken);
    }

    [Fact]
    public void Another_address_is_written_with_the_token_in_place()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        var moved = world.See(Mesh);
        var readers = moved.Readers.ToDictionary();
        readers[WestName] = readers[WestName] with { Address = readers[WestName].Address with { Server = new Uri("https://10.1.2.3") } };
        var plan = RemoteSecretPlanner.Plan(Mesh, new RemoteSecretSnapshot { Readers = readers, Secrets = moved.Secrets, Now = moved.Now });
        var text = Kubeconfig(Assert.IsType<PlannedAction.Replace>(Assert.Single(plan.Plan.Actions, action => action.IsWrite)).Content);
        Assert.Contains("server: https://10.1.2.3\n", text, StringComparison.Ordinal);
        Assert.Contains("token: token-0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_that_leaves_loses_the_secret_first_and_then_the_account()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        var leaving = ReaderWorld.Mesh(East, West + ", state: leaving");
        var first = world.Plan(leaving);
        Assert.Equal([ReaderWorld.Secret("east", "west")], first.Plan.Actions.OfType<PlannedAction.Delete>().Select(action => action.Id));
        Assert.Contains(WestName, first.Held);
        world.Settle(leaving);
        Assert.Empty(world.State);
        Assert.Empty(world.Plan(leaving).Held);
    }

    [Fact]
    public void The_account_stays_while_its_istiod_cannot_be_asked()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        world.Silent.Add(new ClusterName("east"));
        var plan = world.Plan(ReaderWorld.Mesh(East, West + ", state: leaving"));
        Assert.False(plan.Plan.HasWrites);
        Assert.Contains(WestName, plan.Held);
    }

    [Fact]
    public void A_silent_cluster_keeps_its_secret()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        world.Silent.Add(WestName);
        Assert.False(world.Plan(Mesh).Plan.HasWrites);
    }

    [Fact]
    public void A_cluster_that_moves_to_another_control_plane_is_read_by_that_one_alone()
    {
        const string North = "name: north, network: n3";
        var world = new ReaderWorld();
        world.Settle(ReaderWorld.Mesh(East, North, West));
        var moved = ReaderWorld.Mesh(East, North, "name: west, network: n2, controlPlane: north");
        world.Settle(moved);
        Assert.False(world.State.ContainsKey(ReaderWorld.Secret("east", "west")));
        Assert.False(world.State.ContainsKey(ReaderWorld.Account("west", "east")));
        Assert.True(world.State.ContainsKey(ReaderWorld.Secret("north", "west")));
        Assert.True(world.State.ContainsKey(ReaderWorld.Account("west", "north")));
    }

    [Fact]
    public void A_cluster_that_the_document_does_not_list_keeps_its_secret()
    {
        var world = new ReaderWorld();
        world.Settle(Mesh);
        var rest = world.Settle(ReaderWorld.Mesh(East));
        Assert.Contains("state: leaving", Assert.Single(rest.Actions.OfType<PlannedAction.Skipped>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_istioctl_made_becomes_ours_in_place_where_it_is_labelled_so()
    {
        var world = new ReaderWorld();
        var id = ReaderWorld.Secret("east", "west");
        world.State[id] = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = id.Name,
                ["namespace"] = "istio-system",
                ["labels"] = new JsonObject { ["istio/multiCluster"] = "true" },
                ["annotations"] = new JsonObject { ["networking.istio.io/cluster"] = "west" },
            },
            ["data"] = new JsonObject { ["west"] = "eA==" },
        };
        var reason = Assert.Single(world.Settle(Mesh).Actions.OfType<PlannedAction.Skipped>()).Reason;
        Assert.Contains("kubectl label secret -n istio-system istio-remote-secret-west app.kubernetes.io/managed-by=isthmus isthmus.dev/mesh=m", reason, StringComparison.Ordinal);
        var labels = Assert.IsType<JsonObject>(world.State[id]["metadata"]?["labels"]);
        (labels["app.kubernetes.io/managed-by"], labels["isthmus.dev/mesh"]) = ("isthmus", "m");
        var needed = world.Plan(Mesh);
        Assert.Equal([WestName], needed.NeedToken);
        Assert.DoesNotContain(needed.Plan.Actions, action => action is PlannedAction.Delete);
        Assert.DoesNotContain(world.Settle(Mesh).Actions, action => action is PlannedAction.Skipped);
        Assert.Contains("token-", Kubeconfig(world.State[id]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_of_somebody_else_for_the_same_cluster_is_a_clash()
    {
        var world = new ReaderWorld();
        var foreign = new ObjectId(new ClusterName("east"), ResourceKind.Secret, "istio-system", "by-hand");
        world.State[foreign] = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "by-hand", ["namespace"] = "istio-system", ["labels"] = new JsonObject { ["istio/multiCluster"] = "true" } },
            ["data"] = new JsonObject { ["west"] = "eA==" },
        };
        var rest = world.Settle(Mesh);
        Assert.Contains("by-hand", Assert.Single(rest.Actions.OfType<PlannedAction.Skipped>()).Reason, StringComparison.Ordinal);
        Assert.False(world.State.ContainsKey(ReaderWorld.Secret("east", "west")));
        Assert.True(world.State.ContainsKey(foreign));
    }

    [Fact]
    public void A_cluster_whose_ranges_clash_gets_no_secret_but_keeps_one_that_is_in_use()
    {
        var world = new ReaderWorld { Refusals = { [WestName] = "ranges overlap" } };
        Assert.Equal([WestName], world.Plan(Mesh).KeptOut);
        Assert.Equal("ranges overlap", Assert.Single(world.Settle(Mesh).Actions.OfType<PlannedAction.Skipped>()).Reason);
        world.Refusals.Clear();
        world.Settle(Mesh);
        world.Refusals[WestName] = "ranges overlap";
        world.Settle(Mesh);
        Assert.True(world.State.ContainsKey(ReaderWorld.Secret("east", "west")));
        Assert.Empty(world.Plan(Mesh).KeptOut);
    }

    [Theory]
    [InlineData("http://west", false, "not https")]
    [InlineData("https://west", true, "insecure-skip-tls-verify")]
    public void No_token_goes_to_a_server_that_nobody_verifies(string server, bool skips, string reason) =>
        Assert.Contains(reason, new ApiServerAddress(new Uri(server), null, null, skips).Fault(), StringComparison.Ordinal);

    [Fact]
    public void A_token_does_not_show_itself() =>
        Assert.DoesNotContain("secret", new ReaderToken("secret", ReaderWorld.Start, ReaderWorld.Start).ToString(), StringComparison.Ordinal);

    [Fact]
    public void From_any_state_a_run_comes_to_rest_whatever_the_order_and_touches_nothing_foreign() =>
        Gen.Select(Document, Document, Gen.Int[0, 30], Gen.Bool, Gen.Int[0, 3]).Sample((before, after, hours, foreignAccount, silent) =>
        {
            var world = new ReaderWorld();
            var foreign = new ObjectId(WestName, ResourceKind.ServiceAccount, SystemNamespaces.Isthmus, "istio-reader-east");
            var foreignObject = new JsonObject { ["metadata"] = new JsonObject { ["name"] = foreign.Name, ["namespace"] = foreign.Namespace } };
            if (foreignAccount)
                world.State[foreign] = (JsonObject)foreignObject.DeepClone();
            world.Settle(before);
            world.Now += TimeSpan.FromHours(hours);
            if (silent > 0)
                world.Silent.Add(after.Clusters[silent - 1].Name);
            world.Settle(after);
            return (!foreignAccount || JsonNode.DeepEquals(world.State[foreign], foreignObject))
                && Text(world.Plan(after).Plan) == Text(world.Plan(after, reversed: true).Plan)
                && (silent > 0 || after.Clusters.All(cluster => !cluster.Leaving
                    || !world.State.Keys.Any(id => id.Name.Contains($"-{cluster.Name}", StringComparison.Ordinal) && id.Kind == ResourceKind.Secret)));
        }, iter: 500);

    private static Gen<MeshDocument> Document { get; } =
        Gen.Select(Choose.Among("", ", controlPlane: east", ", controlPlane: north", ", state: leaving"), Choose.Among("", ", controlPlane: east"))
            .Select((west, north) => ReaderWorld.Mesh(
                East,
                "name: north, network: n3" + (west.Contains("north", StringComparison.Ordinal) ? "" : north),
                "name: west, network: n2" + west));

    private static string Text(Plan plan) => string.Join('\n', plan.Actions.Select(action => $"{action.Id.Cluster} {action.Id} {action.GetType().Name}"));

    private static string Kubeconfig(JsonObject secret) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(ObjectMetadata.TextOf(secret["data"]?["west"]) ?? ""));
}
