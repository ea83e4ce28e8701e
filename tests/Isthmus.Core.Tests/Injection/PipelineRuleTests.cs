using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Injection.Templates;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>Rules of istiod's pipeline that no golden case of our own shows.</summary>
public sealed class PipelineRuleTests
{
    [Theory]
    [InlineData("1.26.8", "yes", true)]
    [InlineData("1.26.8", "On", true)]
    [InlineData("1.26.8", "nonsense", false)]
    [InlineData("1.27.0", "yes", true)]
    [InlineData("1.27.0", "nonsense", true)]
    [InlineData("1.27.0", "false", false)]
    [InlineData("1.27.0", "", true)]
    public void What_the_pod_wishes_is_read_as_the_version_reads_it(string version, string wish, bool injected)
    {
        var pod = OwnCases.Pod("plain-pod");
        Assert.IsType<JsonObject>(pod["metadata"])["annotations"] = new JsonObject { ["sidecar.istio.io/inject"] = wish };
        Assert.Equal(injected, InjectionDecision.For(OwnCases.Settings(version: version), pod).Inject);
    }

    [Fact]
    public void OpenShift_gives_the_sidecar_the_last_user_of_the_namespace()
    {
        var facts = new ClusterFacts
        {
            NamespaceAnnotations = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["shop"] = new Dictionary<string, string>
                {
                    ["openshift.io/sa.scc.uid-range"] = "1000620000/10000",
                    ["openshift.io/sa.scc.supplemental-groups"] = "2000-2999,5000/10",
                },
            },
        };
        var settings = OwnCases.Settings(new Dictionary<string, string> { ["PLATFORM"] = "openshift" });
        var result = Injector.Inject(settings, facts, InjectPath.None, OwnCases.Pod("plain-pod"), "shop", TestContext.Current.CancellationToken);
        Assert.Equal("1000629999", Sidecar.Find(Assert.IsType<InjectionResult.Injected>(result).Pod)?["securityContext"]?["runAsUser"]?.ToJsonString());
        Assert.Equal(new OpenShiftIds(1000629999, 2999), OpenShiftIds.Of(facts.NamespaceAnnotations["shop"]));
    }

    [Fact]
    public void OpenShifts_own_user_on_istio_proxy_is_nobodys_wish()
    {
        var pod = OwnCases.Pod("user-container");
        foreach (var container in Assert.IsType<JsonArray>(pod["spec"]?["containers"]).OfType<JsonObject>())
            container["securityContext"] = new JsonObject { ["runAsUser"] = 1000620000, ["runAsGroup"] = 5 };
        var settings = OwnCases.Settings(new Dictionary<string, string> { ["PLATFORM"] = "openshift" });
        var result = Injector.Inject(settings, ClusterFacts.None, InjectPath.None, pod, "shop", TestContext.Current.CancellationToken);
        var sidecar = Sidecar.Find(Assert.IsType<InjectionResult.Injected>(result).Pod);
        Assert.Equal("""{"runAsUser":1337}""", sidecar?["securityContext"]?.ToJsonString());
    }

    [Fact]
    public void A_pod_moves_to_a_native_sidecar_when_it_is_injected_again_after_the_setting_changed()
    {
        var pod = OwnCases.Pod("user-container");
        var first = Assert.IsType<InjectionResult.Injected>(
            Injector.Inject(OwnCases.Settings(), ClusterFacts.None, InjectPath.None, pod, "shop", TestContext.Current.CancellationToken));
        var native = OwnCases.Settings(new Dictionary<string, string> { ["ENABLE_NATIVE_SIDECARS"] = "true" });
        var second = Assert.IsType<InjectionResult.Injected>(
            Injector.Inject(native, ClusterFacts.None, InjectPath.None, first.Pod, "shop", TestContext.Current.CancellationToken));
        Assert.Equal(["app"], Names(second.Pod, "containers"));
        Assert.Equal(["istio-proxy"], Names(second.Pod, "initContainers"));
    }

    [Fact]
    public void The_network_of_the_pods_label_beats_path_and_values()
    {
        var pod = OwnCases.Pod("plain-pod");
        Assert.IsType<JsonObject>(pod["metadata"]?["labels"])["topology.istio.io/network"] = "own";
        var path = InjectPath.Parse("/inject/net/other/cluster/west");
        var injected = Assert.IsType<InjectionResult.Injected>(
            Injector.Inject(OwnCases.Settings(), ClusterFacts.None, path, pod, "shop", TestContext.Current.CancellationToken));
        var env = Assert.IsType<JsonArray>(Sidecar.Find(injected.Pod)?["env"]).OfType<JsonObject>().ToList();
        Assert.Equal(["ISTIO_META_CLUSTER_ID=west", "ISTIO_META_NETWORK=own"], env.TakeLast(2).Select(variable => $"{variable["name"]}={variable["value"]}"));
    }

    [Theory]
    [InlineData("Job", "backup-27912345", "CronJob", "backup")]
    [InlineData("Job", "backup-123", "Job", "backup-123")]
    [InlineData("StatefulSet", "db", "StatefulSet", "db")]
    public void The_owner_of_the_owner_is_guessed_from_its_name(string kind, string name, string expectedKind, string expectedName)
    {
        var owner = WorkloadOwner.Of(new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["generateName"] = name + "-",
                ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "x/v1", ["kind"] = kind, ["name"] = name, ["controller"] = true }),
            },
        });
        Assert.Equal((expectedKind, expectedName), (owner.Kind, owner.Name));
    }

    [Theory]
    [InlineData("a:/m,9100:/x", true)]
    [InlineData("15021:/m", true)]
    [InlineData("0:/m", true)]
    [InlineData("9100", false)]
    [InlineData(":/m", false)]
    public void Scrape_targets_must_have_possible_ports(string targets, bool refused)
    {
        var pod = OwnCases.Pod("plain-pod");
        Assert.IsType<JsonObject>(pod["metadata"])["annotations"] = new JsonObject { ["prometheus.istio.io/scrape-targets"] = targets };
        var result = Injector.Inject(OwnCases.Settings(version: "1.31.0"), ClusterFacts.None, InjectPath.None, pod, "shop", TestContext.Current.CancellationToken);
        Assert.Equal(refused, result is InjectionResult.Refused);
    }

    [Theory]
    [InlineData("", "default/istio-cni", "default/istio-cni")]
    [InlineData("a, default/istio-cni", "default/istio-cni", "a, default/istio-cni")]
    [InlineData("""[{"name":"a"}]""", "default/istio-cni", """[{"name":"a"}, {"name": "istio-cni", "namespace": "default"}]""")]
    [InlineData("""[{"name":"istio-cni","namespace":"default"}]""", "default/istio-cni", """[{"name":"istio-cni","namespace":"default"}]""")]
    public void Multus_networks_are_appended_once(string existing, string network, string expected) =>
        Assert.Equal(expected, MultusNetworks.Append(existing, network, splitNamespace: true));

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.1/32", true)]
    [InlineData("fd00::/64", true)]
    [InlineData("::ffff:1.2.3.4/100", true)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0.0/08", false)]
    [InlineData("010.0.0.0/8", false)]
    [InlineData("10.0.0/8", false)]
    [InlineData("fe80::1%eth0/64", false)]
    [InlineData(" 10.0.0.0/8", false)]
    public void Prefixes_are_read_strictly(string text, bool valid) => Assert.Equal(valid, GoParse.IsPrefix(text));

    private static IEnumerable<string> Names(JsonObject pod, string list) =>
        (pod["spec"]?[list] as JsonArray ?? []).Select(container => container?["name"]?.ToString() ?? "");
}
