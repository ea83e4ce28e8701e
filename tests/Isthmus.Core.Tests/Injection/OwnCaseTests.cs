using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>Golden cases that need nothing beside the repository; UPDATE_GOLDEN=1 rewrites what is expected.</summary>
public sealed class OwnCaseTests
{
    public static TheoryData<string> Names() =>
        new(Directory.EnumerateDirectories(OwnCases.Folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Pods_come_out_as_expected(string name)
    {
        var result = Inject(name, OwnCases.Pod(name));
        var found = result switch
        {
            InjectionResult.Injected injected => Yaml.Write(injected.Pod),
            InjectionResult.NotNeeded untouched => $"notNeeded: {untouched.Reason}\n",
            InjectionResult.Refused refused => $"refused: {refused.Message}\n",
            _ => result.ToString(),
        };
        var file = Path.Combine(OwnCases.Folder, name, "expected.yaml");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(file, found);
        Assert.Equal(File.ReadAllText(file), found);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Injecting_again_changes_nothing(string name)
    {
        if (Inject(name, OwnCases.Pod(name)) is not InjectionResult.Injected injected) return;
        var again = Assert.IsType<InjectionResult.Injected>(Inject(name, injected.Pod));
        Assert.Empty(again.Patch);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_pod_given_stays_as_it_is(string name)
    {
        var pod = OwnCases.Pod(name);
        var before = pod.ToJsonString();
        Inject(name, pod);
        Assert.Equal(before, pod.ToJsonString());
    }

    [Fact]
    public void Path_variables_stay_in_place_when_a_pod_is_injected_again()
    {
        var settings = OwnCases.Settings();
        var path = InjectPath.Parse("/inject/cluster/west/net/vnet-west");
        var pod = OwnCases.Pod("probes-and-metrics");
        var first = Assert.IsType<InjectionResult.Injected>(Injector.Inject(settings, ClusterFacts.None, path, pod, "shop", TestContext.Current.CancellationToken));
        Assert.Equal("vnet-west", first.Pod["metadata"]?["labels"]?["topology.istio.io/network"]?.ToString());
        var again = Assert.IsType<InjectionResult.Injected>(Injector.Inject(settings, ClusterFacts.None, path, first.Pod, "shop", TestContext.Current.CancellationToken));
        Assert.Empty(again.Patch);
    }

    [Fact]
    public void Fields_that_nobody_knows_stay_with_their_container()
    {
        var injected = Assert.IsType<InjectionResult.Injected>(Inject("plain-pod", OwnCases.Pod("plain-pod")));
        var app = Assert.IsType<JsonArray>(injected.Pod["spec"]?["containers"]).Single(container => container?["name"]?.ToString() == "app");
        Assert.True(app?["futureField"]?["kept"]?.GetValue<bool>());
        Assert.Equal("[1,2]", injected.Pod["spec"]?["futureList"]?.ToJsonString());
    }

    [Fact]
    public void A_template_that_never_ends_fails_by_name_and_line_and_is_ours()
    {
        var settings = OwnCases.Settings(changeConfig: config => config.Replace(
            "  extra: |\n", "  extra: |\n    {{- define \"loop\" }}{{ range until 100000 }}{{ range until 100000 }}xx{{ end }}{{ end }}{{ end }}{{ template \"loop\" }}\n", StringComparison.Ordinal));
        var result = Injector.Inject(settings, ClusterFacts.None, InjectPath.None, OwnCases.Pod("two-templates"), "shop", TestContext.Current.CancellationToken);
        var failed = Assert.IsType<InjectionResult.Failed>(result);
        Assert.Contains("extra:1", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_renders_a_number_for_a_text_refuses_the_pod()
    {
        var settings = OwnCases.Settings(changeConfig: config => config.Replace("image: \"{{ .ProxyImage }}\"", "image: 7", StringComparison.Ordinal));
        var result = Injector.Inject(settings, ClusterFacts.None, InjectPath.None, OwnCases.Pod("plain-pod"), "shop", TestContext.Current.CancellationToken);
        Assert.Contains("cannot unmarshal number into Go struct field Container.spec.containers.image of type string", Assert.IsType<InjectionResult.Refused>(result).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_with_several_faults_name_them_all()
    {
        var result = InjectionSettings.Load(new InjectionSettingsInput
        {
            ConfigYaml = "policy: enabled\ntemplates:\n  a: '{{ nobody }}'\n  b: '{{ if }}'\n",
            ValuesJson = "[]",
            MeshYaml = "{}",
            Version = new IstioVersion(1, 26, 0),
        });
        Assert.Null(result.Settings);
        Assert.Equal(3, result.Errors.Count);
        Assert.Contains(result.Errors, error => error.Contains("function \"nobody\" not defined", StringComparison.Ordinal));
    }

    private static InjectionResult Inject(string name, JsonObject pod) => Injector.Inject(
        OwnCases.Settings(OwnCases.Environment(name)), ClusterFacts.None, InjectPath.None, pod, "shop", TestContext.Current.CancellationToken);
}
