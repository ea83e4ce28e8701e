using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Planning;

public sealed class PlanTests
{
    private static readonly ClusterName East = new("east");

    private static readonly Gen<JsonObject> Content = Gen.Int[0, 2].Select(Gen.Bool, Gen.Bool, (value, ours, otherMesh) =>
    {
        var obj = Ownership.NewObject(Id("x"), otherMesh ? "other" : "m");
        if (!ours)
            obj.Remove("metadata");
        obj["spec"] = new JsonObject { ["value"] = value };
        return obj;
    });

    private static readonly Gen<Dictionary<int, JsonObject>> Objects = Gen.Dictionary(Gen.Int[0, 9], Content)[0, 8];

    [Fact]
    public void Does_not_write_unchanged_objects()
    {
        var live = Desired("a").Content;
        live["metadata"] = JsonNode.Parse("""{"name":"a","namespace":"n","uid":"1","resourceVersion":"5","labels":{"app.kubernetes.io/managed-by":"isthmus","isthmus.dev/mesh":"m","theirs":"x"}}""");
        live["status"] = new JsonObject { ["theirs"] = true };
        Assert.IsType<PlannedAction.Unchanged>(Assert.Single(PlanDiff.Compute([Desired("a")], [new ObservedObject(Id("a"), live)]).Actions));
    }

    [Fact]
    public void A_replacement_keeps_what_others_wrote_into_metadata_and_carries_the_resource_version()
    {
        var live = Desired("a").Content;
        live["metadata"] = JsonNode.Parse("""{"name":"a","namespace":"n","resourceVersion":"5","finalizers":["f"],"labels":{"theirs":"x","isthmus.dev/stale":"y"}}""");
        live["spec"] = new JsonObject { ["value"] = 2, ["stale"] = 1 };
        var replace = Assert.IsType<PlannedAction.Replace>(Assert.Single(PlanDiff.Compute([Desired("a")], [new ObservedObject(Id("a"), live)]).Actions));
        Assert.Equal("5", replace.Content.ResourceVersion());
        Assert.Equal("x", replace.Content.Label("theirs"));
        Assert.Null(replace.Content.Label("isthmus.dev/stale"));
        Assert.Equal("""{"value":1}""", replace.Content["spec"]?.ToJsonString());
        Assert.NotNull(replace.Content["metadata"]?["finalizers"]);
    }

    [Fact]
    public void Numbers_are_equal_however_they_were_read()
    {
        var live = JsonNode.Parse(Desired("a").Content.ToJsonString()) as JsonObject ?? [];
        Assert.False(PlanDiff.Compute([Desired("a")], [new ObservedObject(Id("a"), live)]).HasWrites);
    }

    [Fact]
    public void Never_touches_what_is_not_ours() => Gen.Select(Objects, Objects).Sample((desired, observed) =>
    {
        var plan = Compute(desired, observed).OwnedOnly("m");
        foreach (var action in plan.Actions)
        {
            if (action is PlannedAction.Delete or PlannedAction.Replace && !Ownership.IsOurs(observed[int.Parse(action.Id.Name, null)], "m"))
                return false;
        }

        return true;
    }, iter: 2000);

    [Fact]
    public void After_applying_a_plan_there_is_nothing_left_to_plan() => Gen.Select(Objects, Objects).Sample((desired, observed) =>
    {
        var state = new FakeState();
        foreach (var (name, obj) in observed)
            state[Id($"{name}")] = (JsonObject)obj.DeepClone();
        state.Apply(Compute(desired, observed).OwnedOnly("m"));
        return !PlanDiff.Compute(All(desired), state.Select(entry => new ObservedObject(entry.Key, entry.Value))).OwnedOnly("m").HasWrites;
    }, iter: 2000);

    [Fact]
    public void The_order_of_the_input_does_not_matter() => Gen.Select(Objects, Objects).Sample((desired, observed) =>
        Texts(Compute(desired, observed)).SequenceEqual(
            Texts(PlanDiff.Compute(All(desired).Reverse(), Seen(observed).Reverse()))), iter: 500);

    [Fact]
    public void Without_deletions_a_plan_only_adds()
    {
        var plan = Compute([], new Dictionary<int, JsonObject> { [1] = Desired("1").Content }).UpsertOnly();
        Assert.Equal("deletions are switched off (--no-deletes)", Assert.IsType<PlannedAction.Skipped>(Assert.Single(plan.Actions)).Reason);
    }

    [Theory]
    [InlineData(5, 5, 5)]
    [InlineData(6, 30, 6)]
    [InlineData(6, 29, 0)]
    [InlineData(200, 999, 0)]
    [InlineData(200, 1000, 200)]
    public void A_plan_that_would_delete_more_than_a_fifth_of_a_kind_deletes_nothing_of_it(int gone, int total, int deleted)
    {
        var actions = Enumerable.Range(0, total).Select(number =>
            number < gone ? new PlannedAction.Delete(Id($"{number}"), []) : (PlannedAction)new PlannedAction.Unchanged(Id($"{number}")));
        var plan = new Plan(actions);
        Assert.Equal(deleted, DeletionGuard.Apply(plan, _ => false).Actions.Count(action => action is PlannedAction.Delete));
        Assert.Equal(gone, DeletionGuard.Apply(plan, _ => true).Actions.Count(action => action is PlannedAction.Delete));
    }

    [Fact]
    public void What_is_pointed_at_is_written_before_what_points_at_it_and_deleted_after_it()
    {
        ResourceKind[] kinds = [ResourceKind.ServiceEntry, ResourceKind.Namespace, ResourceKind.DestinationRule];
        var plan = new Plan(kinds.SelectMany(kind => new PlannedAction[]
        {
            new PlannedAction.Delete(new ObjectId(East, kind, "n", "gone"), []), new PlannedAction.Create(new ObjectId(East, kind, "n", "new"), []),
        }));
        Assert.Equal(
            ["Namespace new", "DestinationRule new", "ServiceEntry new", "ServiceEntry gone", "DestinationRule gone", "Namespace gone"],
            plan.Actions.Select(action => $"{action.Id.Kind} {action.Id.Name}"));
    }

    private static Plan Compute(Dictionary<int, JsonObject> desired, Dictionary<int, JsonObject> observed) => PlanDiff.Compute(All(desired), Seen(observed));

    private static IEnumerable<DesiredObject> All(Dictionary<int, JsonObject> desired) => desired.Keys.Select(name => Desired($"{name}"));

    private static IEnumerable<ObservedObject> Seen(Dictionary<int, JsonObject> observed) => observed.Select(entry => new ObservedObject(Id($"{entry.Key}"), entry.Value));

    private static IEnumerable<string> Texts(Plan plan) => plan.Actions.Select(action => $"{action.GetType().Name} {action.Id}");

    private static ObjectId Id(string name) => new(East, ResourceKind.ServiceEntry, "n", name);

    private static DesiredObject Desired(string name)
    {
        var obj = Ownership.NewObject(Id(name), "m");
        obj["spec"] = new JsonObject { ["value"] = 1 };
        return new DesiredObject(Id(name), obj);
    }
}
