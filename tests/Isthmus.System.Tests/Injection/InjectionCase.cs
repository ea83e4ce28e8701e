using System.Text.Json.Nodes;
using Xunit;

namespace Isthmus.System.Tests.Injection;

/// <summary>One of Istio's own golden cases, with the objects of a cluster that holds its settings.</summary>
internal sealed class InjectionCase
{
    private readonly JsonObject _bundle;
    private readonly JsonObject _case;

    private InjectionCase(JsonObject bundle, JsonObject @case) => (_bundle, _case) = (bundle, @case);

    public static string[] Versions { get; } = ["1.20.8", "1.22.8", "1.24.6", "1.26.8", "1.27.9", "1.28.10", "1.30.3", "1.31.0-rc.0"];

    public string Config => Setting("config");

    public string Values => Setting("values");

    public string Mesh => Setting("mesh");

    public string Version => Text(_bundle["istio"]);

    public JsonObject Env => Object(_case["env"]);

    public JsonObject Pod => Object(_case["pods"]?[0]?["pod"]);

    public JsonObject Expected => Object(_case["pods"]?[0]?["expected"]);

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["ENABLE_NATIVE_SIDECARS"] = Text(Env["ENABLE_NATIVE_SIDECARS"]),
        ["PLATFORM"] = Text(Env["platform"]),
    };

    /// <summary>Reads a case; the test reports that it did not run where Istio's cases are absent.</summary>
    public static InjectionCase Read(string version, string id)
    {
        string file = Path.Combine(Repository.Shared ?? "", "istio", "injection", "cases", $"{version}.json");
        Assert.SkipUnless(File.Exists(file), "Istio's injection cases are not beside this checkout");
        JsonObject bundle = Object(JsonNode.Parse(File.ReadAllText(file)));
        return new InjectionCase(bundle, Object((bundle["cases"] as JsonArray ?? []).First(item => Text(item?["id"]) == id)));
    }

    /// <summary>What an installation of Istio leaves in a cluster, as far as injection reads it.</summary>
    public IReadOnlyList<JsonObject> ClusterObjects(string revision = "default")
    {
        string suffix = revision == "default" ? "" : "-" + revision;
        var objects = new List<JsonObject>
        {
            New("v1", "Namespace", "istio-system", null),
            New("v1", "ConfigMap", "istio-sidecar-injector" + suffix, "istio-system", ("data", new JsonObject { ["config"] = Config, ["values"] = Values })),
            New("v1", "ConfigMap", "istio" + suffix, "istio-system", ("data", new JsonObject { ["mesh"] = Mesh })),
            New("apps/v1", "Deployment", "istiod" + suffix, "istio-system", ("spec", Istiod())),
        };
        Object(objects[3]["metadata"])["labels"] = new JsonObject { ["app"] = "istiod", ["istio.io/rev"] = revision };
        foreach (JsonObject node in (Env["nodes"] as JsonArray ?? []).OfType<JsonObject>())
            objects.Add(New("v1", "Node", Text(node["name"]), null, ("status", new JsonObject { ["nodeInfo"] = new JsonObject { ["kubeletVersion"] = Text(node["kubeletVersion"]) } })));
        return objects;
    }

    public JsonObject Review(JsonObject? pod = null) => new()
    {
        ["apiVersion"] = "admission.k8s.io/v1",
        ["kind"] = "AdmissionReview",
        ["request"] = new JsonObject { ["uid"] = "u-1", ["namespace"] = "shop", ["operation"] = "CREATE", ["object"] = (pod ?? Pod).DeepClone() },
    };

    public static JsonObject New(string apiVersion, string kind, string name, string? ns, params (string Field, JsonNode Value)[] fields)
    {
        var metadata = new JsonObject { ["name"] = name, ["uid"] = $"uid-{kind}-{name}", ["resourceVersion"] = "1" };
        if (ns is not null)
            metadata["namespace"] = ns;
        var result = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
        foreach ((string field, JsonNode value) in fields)
            result[field] = value;
        return result;
    }

    private JsonObject Istiod() => new()
    {
        ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "istiod" } },
        ["template"] = new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "istiod" } },
            ["spec"] = new JsonObject
            {
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = "discovery",
                    ["image"] = $"docker.io/istio/pilot:{Version}",
                    ["env"] = new JsonArray([.. Environment.Select(variable => new JsonObject { ["name"] = variable.Key, ["value"] = variable.Value })]),
                }),
            },
        },
    };

    private string Setting(string key) => Text(_bundle["settings"]?[Text(_case[key])]);

    private static JsonObject Object(JsonNode? node) => Assert.IsType<JsonObject>(node);

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
