using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Injection;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>Whatever comes, there is an answer, and it carries the request's UID.</summary>
public sealed class InjectionPropertyTests
{
    private const string Uid = "uid-1";

    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("ISTHMUS_PROPERTY_RUNS"), CultureInfo.InvariantCulture, out var runs) ? runs : 2000;

    private static readonly string[] Words =
    [
        "", "name", "istio-proxy", "istio-init", "app", "auto", "true", "false", "metadata", "spec", "containers", "initContainers", "env", "value", "valueFrom",
        "ports", "containerPort", "httpGet", "port", "readinessProbe", "lifecycle", "preStop", "grpc", "tcpSocket", "annotations", "labels", "securityContext",
        "runAsUser", "$patch", "delete", "replace", "$retainKeys", "$setElementOrder/containers", "volumes", "generateName", "ownerReferences", "controller",
        "sidecar.istio.io/status", "sidecar.istio.io/inject", "proxy.istio.io/overrides", "proxy.istio.io/config", "inject.istio.io/templates",
        "prometheus.io/port", "sidecar.istio.io/rewriteAppHTTPProbers", "resources", "limits", "cpu", "2000m", "{}", "[]", "{\"containers\":[{\"name\":\"istio-proxy\"}]}",
        "{\"initContainers\":[\"a\"],\"containers\":[\"istio-proxy\"]}", "concurrency: 2", "a:\n  - b: {", "\u2028<&>", "😀", "-u", "15020", "null",
    ];

    private static readonly Gen<string> AnyWord = Gen.Int[0, Words.Length - 1].Select(index => Words[index]);

    private static readonly Gen<JsonNode?> Scalars = Gen.OneOf(
        AnyWord.Select(word => (JsonNode?)word),
        Gen.Long.Select(number => (JsonNode?)number),
        Gen.Double.Where(double.IsFinite).Select(number => (JsonNode?)number),
        Gen.Bool.Select(flag => (JsonNode?)flag),
        Gen.Const((JsonNode?)null));

    private static readonly Gen<JsonNode?> Nodes = Gen.Recursive<JsonNode?>((depth, self) => depth > 3
        ? Scalars
        : Gen.OneOf(
            Scalars,
            self.Array[0, 3].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
            Gen.Select(AnyWord, self).Array[0, 4].Select(members => (JsonNode?)new JsonObject(
                members.DistinctBy(member => member.Item1).Select(member => KeyValuePair.Create(member.Item1, member.Item2?.DeepClone()))))));

    private static readonly InjectionSettings[] Settings =
    [
        OwnCases.Settings(),
        OwnCases.Settings(new Dictionary<string, string> { ["ENABLE_NATIVE_SIDECARS"] = "true", ["PLATFORM"] = "openshift" }),
        OwnCases.Settings(version: "1.31.0"),
    ];

    private static readonly string[] Pods = [.. OwnCaseTests.Names().Select(row => OwnCases.Pod(row.Data).ToJsonString())];

    /// <summary>Where to change what: the position counts the nodes of the tree.</summary>
    private static readonly Gen<(int Pod, (int Position, int Kind, JsonNode? Node)[] Changes)> Mutations =
        Gen.Select(Gen.Int[0, Pods.Length - 1], Gen.Select(Gen.Int[0, 60], Gen.Int[0, 3], Nodes).Array[1, 4]);

    [Fact]
    public void Mutated_pods_are_answered() => Mutations.Sample(
        mutation =>
        {
            var pod = Assert.IsType<JsonObject>(JsonNode.Parse(Pods[mutation.Pod]));
            foreach (var (position, kind, node) in mutation.Changes) Change(pod, position, kind, node);
            foreach (var settings in Settings) AssertAnswered(settings, Review(pod));
        },
        iter: Runs);

    [Fact]
    public void Random_objects_are_answered() => Nodes.Sample(
        node =>
        {
            foreach (var settings in Settings) AssertAnswered(settings, Review(node));
        },
        iter: Runs);

    [Fact]
    public void Mutated_bytes_are_answered() => Gen.Select(Gen.Int[0, Pods.Length - 1], Gen.Select(Gen.Int[0, 4000], Gen.Byte).Array[1, 4]).Sample(
        mutation =>
        {
            var body = Encoding.UTF8.GetBytes(Review(JsonNode.Parse(Pods[mutation.Item1])).ToJsonString());
            foreach (var (position, value) in mutation.Item2) body[position % body.Length] = value;
            var outcome = Injector.Review(Settings[0], ClusterFacts.None, InjectPath.None, body);
            Assert.True(outcome.Response is not null || outcome.Result is InjectionResult.Failed);
        },
        iter: Runs);

    [Fact]
    public void Mutated_settings_are_loaded_or_refused() => Gen.Select(Gen.Select(Gen.Int[0, 4000], Gen.Char[' ', '~']).Array[1, 3], Mutations).Sample(
        (changes, mutation) =>
        {
            var text = File.ReadAllText(Path.Combine(OwnCases.Folder, "config.yaml")).ToCharArray();
            foreach (var (position, value) in changes) text[position % text.Length] = value;
            var values = Assert.IsType<JsonObject>(JsonNode.Parse(File.ReadAllText(Path.Combine(OwnCases.Folder, "values.json"))));
            foreach (var (position, kind, node) in mutation.Changes) Change(values, position, kind, node);
            var result = InjectionSettings.Load(new InjectionSettingsInput
            {
                ConfigYaml = new string(text),
                ValuesJson = values.ToJsonString(),
                MeshYaml = "{}",
                Version = new IstioVersion(1, 30, 0),
            });
            if (result.Settings is { } settings) AssertAnswered(settings, Review(JsonNode.Parse(Pods[mutation.Pod])));
            else Assert.NotEmpty(result.Errors);
        },
        iter: Runs);

    private static void AssertAnswered(InjectionSettings settings, JsonObject review)
    {
        var outcome = Injector.Review(settings, ClusterFacts.None, InjectPath.Parse("/inject/cluster/west/net/n"), Encoding.UTF8.GetBytes(review.ToJsonString()));
        Assert.Equal(Uid, outcome.Uid);
        if (outcome.Response is { } response) Assert.Equal(Uid, response["response"]?["uid"]?.ToString());
        else Assert.IsType<InjectionResult.Failed>(outcome.Result);
    }

    private static JsonObject Review(JsonNode? pod) => new()
    {
        ["kind"] = "AdmissionReview",
        ["apiVersion"] = "admission.k8s.io/v1",
        ["request"] = new JsonObject { ["uid"] = Uid, ["namespace"] = "shop", ["object"] = pod?.DeepClone() },
    };

    private static void Change(JsonObject root, int position, int kind, JsonNode? node)
    {
        var places = new List<JsonNode>();
        Collect(root, places);
        switch (places[position % places.Count])
        {
            case JsonObject map when map.Count > 0:
                var name = map.ElementAt(position % map.Count).Key;
                if (kind == 0) map.Remove(name);
                else if (kind == 1) map[Words[position % Words.Length]] = node?.DeepClone();
                else map[name] = node?.DeepClone();
                break;
            case JsonArray list when list.Count > 0:
                if (kind == 0) list.RemoveAt(position % list.Count);
                else if (kind == 1) list.Add(list[position % list.Count]?.DeepClone());
                else list[position % list.Count] = node?.DeepClone();
                break;
            case JsonObject map:
                map[Words[position % Words.Length]] = node?.DeepClone();
                break;
            case JsonArray list:
                list.Add(node?.DeepClone());
                break;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is JsonObject map)
        {
            places.Add(map);
            foreach (var (_, member) in map) Collect(member, places);
        }
        else if (node is JsonArray list)
        {
            places.Add(list);
            foreach (var member in list) Collect(member, places);
        }
    }
}
