using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Planning;

public sealed class InPlaceTests
{
    private static readonly ObjectId Id = new(new ClusterName("east"), ResourceKind.ServiceEntry, "n", "x");

    private static readonly Gen<JsonNode?> Value = Gen.OneOf<JsonNode?>(
        Gen.Int[0, 1].Select(number => (JsonNode?)number),
        Gen.Bool.Select(truth => (JsonNode?)truth),
        Choose.Among("a", "1", "ü").Select(text => (JsonNode?)text),
        Gen.Const(() => (JsonNode?)null),
        Gen.Int[0, 1].Array[0, 2].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => (JsonNode)item)])),
        Map(Choose.Among("p", "q"), Choose.Among("a", "b").Select(text => (JsonNode?)text)));

    private static readonly Gen<JsonNode?> Labels = Map(
        Choose.Among("theirs", "isthmus.dev/mesh", "isthmus.dev/service", "isthmus.dev/carried-labels", "isthmus.dev/carried-annotations"),
        Choose.Among("m", "theirs", "s").Select(text => (JsonNode?)text));

    // Few values, so that two objects are often alike.
    private static readonly Gen<JsonObject> Objects =
        Gen.Select(Map(Choose.Among("spec", "data"), Value), Labels, Labels, Gen.Int[0, 8], Gen.Int[0, 8]).Select((fields, labels, annotations, less, more) =>
        {
            var obj = (JsonObject)(fields ?? new JsonObject()).DeepClone();
            var metadata = new JsonObject { ["name"] = "x", ["namespace"] = "n", ["labels"] = labels?.DeepClone(), ["annotations"] = annotations?.DeepClone() };
            if (less is 1 or 2)
                metadata.Remove(less == 1 ? "labels" : "annotations");
            if (more == 1)
                metadata["deletionTimestamp"] = "2026-11-25T00:00:00Z";
            obj["apiVersion"] = "v1";
            if (less != 3)
                obj["metadata"] = metadata;
            if (more == 2)
                obj["status"] = new JsonObject();
            return obj;
        });

    [Fact]
    public void The_quick_look_never_decides_otherwise_than_the_closer_one() =>
        Gen.Select(Objects, Objects, Gen.Bool).Sample((live, other, isSame) =>
        {
            var desired = (JsonObject)(isSame ? live : other).DeepClone();
            var slow = Act(desired, new ObservedObject(Id, live));
            var quick = Act(desired, new ObservedObject(Id, new PackedJson(live)));
            Assert.Equal(slow.GetType(), quick.GetType());
        });

    [Fact]
    public void It_sees_at_once_that_an_object_is_in_place()
    {
        var desired = Ownership.NewObject(Id, "m", new JsonObject { ["isthmus.dev/service"] = "s" }, new JsonObject { ["isthmus.dev/exporters"] = "{}" });
        desired["spec"] = new JsonObject { ["hosts"] = new JsonArray("x"), ["ports"] = new JsonArray(new JsonObject { ["number"] = 80, ["deep"] = true }) };
        var live = (JsonObject)JsonNode.Parse(desired.ToJsonString())!;
        live["status"] = new JsonObject();
        live["metadata"]!["resourceVersion"] = "7";
        live["metadata"]!["labels"]!["theirs"] = "x";
        Assert.True(new ObservedObject(Id, new PackedJson(live)).IsInPlace(desired));
        live["metadata"]!["labels"]!["isthmus.dev/stale"] = "x";
        Assert.False(new ObservedObject(Id, new PackedJson(live)).IsInPlace(desired));
    }

    private static PlannedAction Act(JsonObject desired, ObservedObject observed) => Assert.Single(PlanDiff.Compute([new DesiredObject(Id, desired)], [observed]).Actions);

    private static Gen<JsonNode?> Map(Gen<string> keys, Gen<JsonNode?> values) =>
        Gen.Dictionary(keys, values)[0, 2].Select(entries => (JsonNode?)new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))));
}
