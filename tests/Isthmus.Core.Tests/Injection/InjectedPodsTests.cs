using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>That answers are remembered must show in nothing but speed.</summary>
public sealed class InjectedPodsTests
{
    private static readonly InjectPath East = InjectPath.Parse("/inject/cluster/east");
    private static readonly InjectPath West = InjectPath.Parse("/inject/cluster/west");

    [Fact]
    public void An_equal_pod_gets_the_same_patch_under_its_own_uid()
    {
        var settings = Settings();

        var first = Answer(settings, ClusterFacts.None, East, "u-1");
        var second = Answer(settings, ClusterFacts.None, East, "u-2");

        Assert.Equal("u-1", (string?)first["uid"]);
        Assert.Equal("u-2", (string?)second["uid"]);
        Assert.NotNull(first["patch"]);
        Assert.Equal((string?)first["patch"], (string?)second["patch"]);
    }

    [Fact]
    public void The_third_equal_pod_is_not_worked_out_again()
    {
        var settings = Settings();
        var results = Enumerable.Range(0, 4).Select(_ => Injector.Review(settings, ClusterFacts.None, East, Review("u", "shop", "reviews"), TestContext.Current.CancellationToken).Result).ToList();

        Assert.NotSame(results[0], results[1]);
        Assert.Same(results[1], results[2]);
        Assert.Same(results[1], results[3]);
    }

    [Fact]
    public void Another_path_namespace_label_or_setting_is_another_answer()
    {
        var settings = Settings();
        var known = Patch(Answer(settings, ClusterFacts.None, East, "u"));

        Assert.NotEqual(known, Patch(Answer(settings, ClusterFacts.None, West, "u")));
        Assert.NotEqual(known, Patch(Answer(settings, ClusterFacts.None, East, "u", ns: "bank")));
        Assert.NotEqual(known, Patch(Answer(settings, ClusterFacts.None, East, "u", app: "ratings")));
        Assert.NotEqual(known, Patch(Answer(Settings(hub: "elsewhere"), ClusterFacts.None, East, "u")));
        Assert.Equal(known, Patch(Answer(settings, ClusterFacts.None, East, "u")));
    }

    [Fact]
    public void More_workloads_than_are_kept_are_answered_as_well()
    {
        var settings = Settings();
        var patches = Enumerable.Range(0, 200).Select(i => Patch(Answer(settings, ClusterFacts.None, East, "u", app: $"app-{i}"))).ToList();

        Assert.Equal(200, patches.Distinct().Count());
        Assert.Equal(patches, Enumerable.Range(0, 200).Select(i => Patch(Answer(settings, ClusterFacts.None, East, "u", app: $"app-{i}"))));
    }

    private static string? Patch(JsonObject response) => (string?)response["patch"];

    private static JsonObject Answer(InjectionSettings settings, ClusterFacts facts, InjectPath path, string uid, string ns = "shop", string app = "reviews") =>
        Assert.IsType<JsonObject>(Injector.Review(settings, facts, path, Review(uid, ns, app), TestContext.Current.CancellationToken).Response?["response"]);

    private static JsonObject Review(string uid, string ns, string app) => new()
    {
        ["apiVersion"] = "admission.k8s.io/v1",
        ["kind"] = "AdmissionReview",
        ["request"] = new JsonObject
        {
            ["uid"] = uid,
            ["namespace"] = ns,
            ["object"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["generateName"] = "x-", ["labels"] = new JsonObject { ["app"] = app } },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "x", ["image"] = "x:1" }) },
            },
        },
    };

    private static InjectionSettings Settings(string hub = "here")
    {
        const string Config = """
            policy: enabled
            templates:
              sidecar: |
                spec:
                  containers:
                  - name: istio-proxy
                    image: "{{ .ProxyImage }}"
                    env:
                    - {name: APP, value: "{{ index .ObjectMeta.Labels "app" }}"}
                    - {name: NS, value: "{{ .ObjectMeta.Namespace }}"}
            """;
        var values = $$$"""{"global": {"hub": "{{{hub}}}", "tag": "1.26.8", "proxy": {"image": "proxyv2"} } }""";
        var loaded = InjectionSettings.Load(new InjectionSettingsInput
        {
            ConfigYaml = Config,
            ValuesJson = values,
            MeshYaml = "",
            Version = IstioVersion.TryParse("1.26.8", out var version) ? version : default,
        });
        return loaded.Settings ?? throw new InvalidOperationException(string.Join('\n', loaded.Errors));
    }
}
