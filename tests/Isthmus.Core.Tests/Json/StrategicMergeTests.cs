using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Json;

public sealed class StrategicMergeTests
{
    private static readonly MergeSchema Pod = MergeSchema.ForKind("v1", "Pod") ?? throw new InvalidOperationException("no schema of pods");

    [Theory]
    // New elements come first, as with Istio's sidecar; the server's own keep their order.
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"name":"c"}]}""", """{"containers":[{"name":"c"},{"name":"a"},{"name":"b"}]}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"name":"b","image":"i"}]}""", """{"containers":[{"name":"a"},{"name":"b","image":"i"}]}""")]
    [InlineData("""{"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y","value":"2"}],"args":["1"]}]}""",
        """{"containers":[{"name":"a","env":[{"name":"Y","value":"22"},{"name":"Z","value":"3"}],"args":["9"]}]}""",
        """{"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y","value":"22"},{"name":"Z","value":"3"}],"args":["9"]}]}""")]
    [InlineData("""{"containers":[{"name":"a","env":[{"name":"X"},{"name":"Y"}]}]}""", """{"containers":[{"name":"a","env":[{"name":"X","$patch":"delete"}]}]}""",
        """{"containers":[{"name":"a","env":[{"name":"Y"}]}]}""")]
    [InlineData("""{"containers":[{"name":"a","ports":[{"name":"http","containerPort":80,"protocol":"TCP"}]}]}""",
        """{"containers":[{"name":"a","ports":[{"containerPort":80,"protocol":"UDP"},{"containerPort":81}]}]}""",
        """{"containers":[{"name":"a","ports":[{"name":"http","containerPort":80,"protocol":"UDP"},{"containerPort":81}]}]}""")]
    [InlineData("""{"tolerations":[{"key":"a"}]}""", """{"tolerations":[{"key":"b"}]}""", """{"tolerations":[{"key":"b"}]}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"name":"c"},{"$patch":"replace"}]}""", """{"containers":[{"name":"c"}]}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}""", """{"containers":[{"name":"b"},{"name":"a"}]}""")]
    [InlineData("""{"nodeSelector":{"a":"1","b":"2"}}""", """{"nodeSelector":{"$patch":"replace","c":"3"}}""", """{"nodeSelector":{"c":"3"}}""")]
    [InlineData("""{"nodeSelector":{"a":"1"}}""", """{"nodeSelector":{"a":null},"dnsPolicy":null}""", """{"nodeSelector":{}}""")]
    [InlineData("{}", """{"securityContext":{"runAsUser":1,"fsGroup":null}}""", """{"securityContext":{"runAsUser":1}}""")]
    [InlineData("""{"volumes":[{"name":"v","emptyDir":{}}]}""", """{"volumes":[{"name":"v","$retainKeys":["name","secret"],"secret":{"secretName":"s"}}]}""",
        """{"volumes":[{"name":"v","secret":{"secretName":"s"}}]}""")]
    [InlineData("""{"containers":[{"name":"a","future":{"x":1}},{"name":"b"}]}""", """{"containers":[{"name":"b","future":{"y":2}},{"name":"a"}]}""",
        """{"containers":[{"name":"b","future":{"y":2}},{"name":"a","future":{"x":1}}]}""")]
    [InlineData("""{"dnsPolicy":"A"}""", """{"dnsPolicy":{"x":1}}""", """{"dnsPolicy":{"x":1}}""")]
    public void Merges_a_pod_specification(string original, string patch, string expected) => Assert.Equal(
        $$"""{"spec":{{expected}}}""",
        StrategicMerge.Apply(Object($$"""{"spec":{{original}}}"""), Object($$"""{"spec":{{patch}}}"""), Pod).ToJsonString());

    [Theory]
    [InlineData("""["a","b"]""", """{"finalizers":["c","a"]}""", """["c","a","b"]""")]
    [InlineData("""["a","b","c"]""", """{"$deleteFromPrimitiveList/finalizers":["b"]}""", """["a","c"]""")]
    [InlineData("""["a","b"]""", """{"$setElementOrder/finalizers":["c","b"],"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c"]}""", """["c","b"]""")]
    public void Finalizers_are_a_set(string original, string patch, string expected)
    {
        JsonObject merged = StrategicMerge.Apply(Object($$$"""{"metadata":{"finalizers":{{{original}}}}}"""), Object($$"""{"metadata":{{patch}}}"""), Pod);
        Assert.Equal(expected, merged["metadata"]?["finalizers"]?.ToJsonString());
    }

    [Theory]
    [InlineData("""{"containers":[{"image":"zz"}]}""", "map: map[image:zz] does not contain declared merge key: name")]
    [InlineData("""{"containers":[{"name":"a","$patch":"merge"}]}""", "merging lists cannot yet be specified in the patch")]
    [InlineData("""{"containers":[{"name":"a","$patch":"odd"}]}""", "unknown patch type: odd in map: map[$patch:odd name:a]")]
    [InlineData("""{"securityContext":{"$patch":"odd"}}""", "unknown patch type: odd in map: map[$patch:odd]")]
    public void Refuses_in_the_words_of_Kubernetes(string patch, string message) => Assert.Equal(message, Assert.Throws<StrategicMergeException>(() =>
        StrategicMerge.Apply(Object("""{"spec":{"containers":[{"name":"a"}],"securityContext":{}}}"""), Object($$"""{"spec":{{patch}}}"""), Pod)).Message);

    [Fact]
    public void Merging_a_pod_onto_itself_changes_nothing() => Specifications.Sample(spec =>
    {
        var pod = new JsonObject { ["spec"] = spec };
        return JsonNode.DeepEquals(StrategicMerge.Apply(pod, pod, Pod), pod);
    }, iter: 500);

    [Fact]
    public void Every_element_of_both_sides_is_there_once() => Gen.Select(Specifications, Specifications).Sample((left, right) =>
    {
        JsonObject merged = StrategicMerge.Apply(new JsonObject { ["spec"] = left.DeepClone() }, new JsonObject { ["spec"] = right.DeepClone() }, Pod);
        IEnumerable<string> names = Names(merged["spec"]);
        return names.Order(StringComparer.Ordinal).SequenceEqual(Names(left).Union(Names(right)).Order(StringComparer.Ordinal));
    }, iter: 500);

    [Theory]
    [InlineData("v1", "Service", "spec", "ports", "port")]
    [InlineData("v1", "ServiceAccount", "", "secrets", "name")]
    [InlineData("v1", "Node", "status", "conditions", "type")]
    [InlineData("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "webhooks", "name")]
    public void Knows_the_merge_keys_of_other_kinds(string apiVersion, string kind, string parent, string field, string key)
    {
        var schema = MergeSchema.ForKind(apiVersion, kind);
        Assert.Equal(key, (parent.Length == 0 ? schema : schema?.Field(parent)?.Struct)?.Field(field)?.MergeKey);
    }

    [Fact]
    public void Deployments_merge_containers_of_their_template() =>
        Assert.Equal("name", MergeSchema.ForKind("apps/v1", "Deployment")?.Field("spec")?.Struct?.Field("template")?.Struct?.Field("spec")?.Struct?.Field("containers")?.MergeKey);

    [Fact]
    public void Custom_resources_have_no_strategic_merge() => Assert.Null(MergeSchema.ForKind("networking.istio.io/v1", "Gateway"));

    [Fact]
    public void The_table_agrees_with_the_types_of_Kubernetes()
    {
        JsonObject schema = SharedFiles.Json("istio/injection/data/pod-schema.json").AsObject();
        foreach ((string name, JsonNode? fields) in schema)
        {
            var type = MergeSchema.Struct(name.Replace("metav1.", "", StringComparison.Ordinal));
            Assert.Equal(fields?.AsArray().Select(field => (string?)field?["json"]), type.Fields.Select(field => field.Json));
            Assert.Equal(fields?.AsArray().Select(field => (string?)field?["go"]), type.Fields.Select(field => field.Go));
            Assert.Equal(fields?.AsArray().Select(field => (string?)field?["patchMergeKey"] ?? ""), type.Fields.Select(field => field.MergeKey));
            Assert.Equal(fields?.AsArray().Select(field => (bool?)field?["omitempty"] != true), type.Fields.Select(field => field.Always));
        }
    }

    private static readonly Gen<JsonObject> Specifications = Gen.Select(JsonTrees.Among("a", "b", "c", "d"), Gen.Int[0, 9]).List[0, 5].Select(containers => new JsonObject
    {
        ["containers"] = new JsonArray([.. containers.DistinctBy(container => container.Item1)
            .Select(container => new JsonObject { ["name"] = container.Item1, ["image"] = $"i{container.Item2}" })]),
    });

    private static IEnumerable<string> Names(JsonNode? spec) => spec?["containers"]?.AsArray().Select(container => (string?)container?["name"] ?? "") ?? [];

    private static JsonObject Object(string json) => Assert.IsType<JsonObject>(JsonNode.Parse(json));
}
