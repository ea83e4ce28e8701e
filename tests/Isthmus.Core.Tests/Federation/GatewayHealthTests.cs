using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class GatewayHealthTests
{
    private static readonly MeshDocument Mesh = FederationWorld.Parse(FederationWorld.DefaultDocument);
    private static readonly GatewayAddress[] Addresses = [new("1.1.1.1", 15443), new("gw.example.com", 443), new("2001:db8::1", 15443)];

    private static readonly Gen<GatewayFinding> Finding = Gen.Select(
        Choose.Among("east", "north", "west"), Gen.Int[0, 2], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2]).List[0, 3], (cluster, name, verdicts) => new GatewayFinding(
            new ClusterName(cluster),
            [$"outbound_.80_._.s{name}.shop.svc.cluster.local"],
            [.. verdicts.DistinctBy(verdict => verdict.Item1).Select(verdict => (Addresses[verdict.Item1], verdict.Item2 == 0 ? (bool?)null : verdict.Item2 == 1, $"detail {verdict.Item2}"))]));

    private static readonly Gen<GatewayHealth> Health = Finding.List[0, 8].Select(Play);

    [Fact]
    public void What_is_written_is_read_again() => Health.Sample(health => Text(Read(Live(health))) == Text(health));

    [Fact]
    public void Copies_say_the_same_in_any_order_and_the_later_news_hold() => Gen.Select(Health, Health).Sample((one, other) =>
        Text(Read(Live(one), Live(other))) == Text(Read(Live(other), Live(one))) && Text(Read(Live(one), Live(one), null)) == Text(one));

    [Fact]
    public void After_applying_a_plan_there_is_nothing_left_to_plan_and_nothing_is_deleted() => Gen.Select(Health, Health).Sample((before, after) =>
    {
        var state = new FakeState();
        state.Apply(GatewayHealthPlanner.Plan(Mesh, before, Nothing()));
        var plan = GatewayHealthPlanner.Plan(Mesh, after, Seen(state));
        state.Apply(plan);
        return !GatewayHealthPlanner.Plan(Mesh, after, Seen(state)).HasWrites && !plan.Actions.Any(action => action is PlannedAction.Delete);
    });

    [Fact]
    public void A_foreign_object_under_the_name_is_neither_read_nor_changed()
    {
        var foreign = JsonNode.Parse("""{"metadata":{"name":"isthmus-gateways","namespace":"isthmus-system"},"data":{"west":"{\"addresses\":{\"1.1.1.1:15443\":{\"state\":\"Down\",\"since\":\"2026-01-01T00:00:00.000Z\"}}}"}}""") as JsonObject;
        Assert.Empty(Read(foreign).Down);
        var seen = Nothing();
        seen[new ClusterName("east")] = foreign;
        var plan = GatewayHealthPlanner.Plan(Mesh, GatewayHealth.Unknown, seen);
        Assert.IsType<PlannedAction.Skipped>(Assert.Single(plan.Actions, action => action.Id.Cluster.Value == "east"));
    }

    [Fact]
    public void Only_what_answered_once_can_go_down()
    {
        var now = FederationWorld.Start;
        GatewayFinding Found(bool? answers) => new(new ClusterName("west"), ["x"], [(Addresses[0], answers, "")]);
        var health = GatewayHealthPlanner.Next(GatewayHealth.Unknown, [Found(false)], now);
        Assert.Empty(health.Down);
        health = GatewayHealthPlanner.Next(health, [Found(true)], now.AddMinutes(1));
        var dead = GatewayHealthPlanner.Next(health, [Found(false)], now.AddMinutes(2));
        Assert.Equal([Addresses[0]], dead.Down);
        // A copy that could not be written in time undoes nothing.
        Assert.Equal([Addresses[0]], Read(Live(health), Live(dead), Live(health)).Down);
        Assert.Equal([new ClusterName("west")], GatewayHealthPlanner.Changed(health, dead));
        Assert.Empty(GatewayHealthPlanner.Changed(dead, GatewayHealthPlanner.Next(dead, [Found(null)], now.AddMinutes(3))));
        Assert.Empty(GatewayHealthPlanner.Next(dead, [Found(true)], now.AddMinutes(4)).Down);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"addresses":{"no address":{"state":"Down","since":"2026-01-01T00:00:00.000Z"},"1.1.1.1":{"state":"Dead","since":"2026-01-01T00:00:00.000Z"},"1.1.1.3":{"state":"7","since":"2026-01-01T00:00:00.000Z"},"1.1.1.2":7}}""")]
    public void A_tampered_copy_says_nothing(string text)
    {
        var live = Live(GatewayHealth.Unknown);
        live["data"] = new JsonObject { ["west"] = text };
        Assert.Empty(Read(live).Of(new ClusterName("west")).Addresses);
    }

    private static GatewayHealth Play(IReadOnlyList<GatewayFinding> findings)
    {
        var health = GatewayHealth.Unknown;
        for (var i = 0; i < findings.Count; i++)
            health = GatewayHealthPlanner.Next(health, [findings[i]], FederationWorld.Start.AddSeconds(i));
        return health;
    }

    private static GatewayHealth Read(params JsonObject?[] copies) => GatewayHealth.Read(Mesh.Name, copies);

    private static string Text(GatewayHealth health) => health.Write().ToJsonString();

    private static JsonObject Live(GatewayHealth health)
    {
        var live = Ownership.NewObject(GatewayHealth.Id(new ClusterName("east")), Mesh.Name);
        live["data"] = health.Write();
        return live;
    }

    private static Dictionary<ClusterName, JsonObject?> Nothing() => Mesh.Clusters.ToDictionary(cluster => cluster.Name, _ => (JsonObject?)null);

    private static Dictionary<ClusterName, JsonObject?> Seen(FakeState state) =>
        Mesh.Clusters.ToDictionary(cluster => cluster.Name, cluster => state.GetValueOrDefault(GatewayHealth.Id(cluster.Name)));
}
