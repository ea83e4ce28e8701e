using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;
using Xunit;

namespace Isthmus.System.Tests.Kinds;

public sealed class GoDecoderTests
{
    [Fact]
    public void Removes_and_names_unknown_fields_with_their_paths()
    {
        var pod = Parse("""{"metadata":{"name":"p","nope":1},"spec":{"containers":[{"name":"a","imagee":"x"}],"foo":{}}}""");
        Assert.Equal(
            ["unknown field \"metadata.nope\"", "unknown field \"spec.containers[0].imagee\"", "unknown field \"spec.foo\""],
            GoDecoder.Decode(pod, "Pod", "v1", "Pod", applyDefaults: false));
        Assert.Null(pod["spec"]?["foo"]);
    }

    [Theory]
    [InlineData("""{"data":{"a":1}}""", "json: cannot unmarshal number into Go struct field ConfigMap.data of type string")]
    [InlineData("""{"data":[]}""", "json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string")]
    [InlineData("""{"binaryData":{"a":"***"}}""", "illegal base64 data at input byte 0")]
    public void Refuses_wrong_types_in_the_words_of_Gos_decoder(string body, string reason)
    {
        var error = Assert.Throws<ApiStatusException>(() => GoDecoder.Decode(Parse(body), "ConfigMap", "v1", "ConfigMap", applyDefaults: false));
        Assert.Equal(400, error.Code);
        Assert.Equal($"ConfigMap in version \"v1\" cannot be handled as a ConfigMap: {reason}", error.Message);
    }

    [Fact]
    public void Keeps_zero_values_of_pointers_and_drops_those_of_plain_fields()
    {
        var spec = Parse("""{"spec":{"replicas":0,"minReadySeconds":0,"paused":false,"revisionHistoryLimit":null}}""");
        GoDecoder.Decode(spec, "Deployment", "apps/v1", "Deployment", applyDefaults: false);
        Assert.Equal(0, (int?)spec["spec"]?["replicas"]);
        Assert.Equal(["replicas", "selector", "template", "strategy"], (spec["spec"] as JsonObject ?? []).Select(entry => entry.Key));
    }

    [Fact]
    public void Writes_structs_that_are_no_pointers_even_when_empty()
    {
        var pod = Parse("""{"spec":{"containers":[{"name":"a","env":[{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}}]}]}}""");
        GoDecoder.Decode(pod, "Pod", "v1", "Pod", applyDefaults: false);
        var container = pod["spec"]?["containers"]?[0];
        Assert.Equal("{}", container?["resources"]?.ToJsonString());
        Assert.Equal("0", (string?)container?["env"]?[0]?["valueFrom"]?["resourceFieldRef"]?["divisor"]);
    }

    [Fact]
    public void Writes_quantities_canonically()
    {
        var pod = Parse("""{"spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":"2000m","memory":"1024Mi"}}}]}}""");
        GoDecoder.Decode(pod, "Pod", "v1", "Pod", applyDefaults: false);
        Assert.Equal("""{"cpu":"2","memory":"1Gi"}""", pod["spec"]?["containers"]?[0]?["resources"]?["limits"]?.ToJsonString());
    }

    [Fact]
    public void Defaulting_twice_changes_nothing_for_any_pod()
    {
        string[] texts = ["a", "img", "img:1", "r:5000/img", ""];
        string?[] policies = [null, "Always", "Never"];
        var text = Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
        var container = Gen.Select(text, text, (name, image) => new JsonObject { ["name"] = name, ["image"] = image });
        Gen.Select(container.Array[0, 3], Gen.Int[0, policies.Length - 1].Select(i => policies[i]), Gen.Bool).Sample((containers, policy, hostNetwork) =>
        {
            var kind = BuiltInKinds.All.Single(rules => rules.Resource.Kind == "Pod");
            var pod = new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray([.. containers.Select(item => item.DeepClone())]),
                    ["restartPolicy"] = policy,
                    ["hostNetwork"] = hostNetwork,
                },
            };
            kind.Default(pod);
            var once = pod.DeepClone();
            kind.Default(pod);
            Assert.True(JsonNode.DeepEquals(once, pod));
        }, iter: 200);
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json) as JsonObject ?? [];
}
