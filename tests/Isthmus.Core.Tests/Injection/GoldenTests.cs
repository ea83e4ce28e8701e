using System.Text.Json.Nodes;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>Istio's own golden cases, where they are at hand.</summary>
public sealed class GoldenTests
{
    private const int ShownDifferences = 5;

    public static TheoryData<string> Bundles()
    {
        var data = new TheoryData<string>(GoldenBundle.Files());
        if (data.Count == 0) data.Add("none");
        return data;
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public void Pods_equal_those_of_istiod(string file)
    {
        var bundle = Open(file);
        var failures = Failures(bundle);
        ConformanceReport.Write($"injection-{bundle.Name}", $"injection cases of {bundle.Name}: {bundle.Cases.Count - failures.Count} of {bundle.Cases.Count} pass");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public void Injecting_an_injected_pod_changes_nothing(string file)
    {
        var bundle = Open(file);
        var failures = new List<string>();
        foreach (var (@case, item) in bundle.Cases.SelectMany(@case => @case.Pods.Select(item => (@case, item))))
        {
            var pod = Assert.IsType<JsonObject>(item["pod"]);
            var requestNamespace = GoldenBundle.Text(item, "requestNamespace");
            foreach (var path in new[] { "/inject", "/inject/cluster/west/net/vnet-west/another/value" })
            {
                if (@case.Inject(pod, requestNamespace, path: path).Pod is not { } injected) continue;
                var (again, refusal) = @case.Inject(injected, requestNamespace, path: path);
                if (again is null && refusal is null) continue;
                failures.Add($"{bundle.Name} {@case.Id} {path}: {refusal ?? string.Join("; ", GoldenComparison.Differences(injected, again ?? []).Take(ShownDifferences))}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} cases:\n" + string.Join('\n', failures));
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public void A_container_added_after_the_injection_gets_its_probes(string file)
    {
        var bundle = Open(file);
        var probed = 0;
        foreach (var (@case, item) in bundle.Cases.SelectMany(@case => @case.Pods.Select(item => (@case, item))))
        {
            if (!@case.Settings.RewriteAppHttpProbe) continue;
            var requestNamespace = GoldenBundle.Text(item, "requestNamespace");
            if (@case.Inject(Assert.IsType<JsonObject>(item["pod"]), requestNamespace).Pod is not { } injected) continue;
            if (!injected.ToJsonString().Contains("ISTIO_KUBE_APP_PROBERS", StringComparison.Ordinal)) continue;
            Assert.IsType<JsonArray>(injected["spec"]?["containers"]).Add(JsonNode.Parse(
                """{"name":"late","image":"late:1","readinessProbe":{"httpGet":{"path":"/late","port":4321},"periodSeconds":7}}"""));
            var again = @case.Inject(injected, requestNamespace).Pod;
            Assert.True(again is not null, $"{bundle.Name} {@case.Id}: not injected again");
            var text = again.ToJsonString();
            Assert.True(text.Contains("/app-health/late/readyz", StringComparison.Ordinal), $"{bundle.Name} {@case.Id}: probe of the late container is not rewritten");
            Assert.True(text.Contains("4321", StringComparison.Ordinal), $"{bundle.Name} {@case.Id}: the sidecar does not know the late container's probe");
            probed++;
        }
        Assert.True(probed > 0, "no case has probes");
    }

    [Fact]
    public void A_case_with_an_altered_value_fails_by_name_and_path()
    {
        var file = Bundles().Select(row => row.Data).First();
        var text = Open(file).Json.ToJsonString();
        var altered = GoldenBundle.Parse("altered", text);
        var @case = altered.Cases.First(item => item.Id == "hello");
        var container = Assert.IsType<JsonObject>(@case.Pods.First()["expected"]?["spec"]?["containers"]?[0]);
        container["image"] = "altered";

        var failure = Assert.Single(Failures(altered));
        Assert.StartsWith("altered hello: $.spec.containers[0].image: expected \"altered\"", failure, StringComparison.Ordinal);
    }

    private static List<string> Failures(GoldenBundle bundle)
    {
        var failures = new List<string>();
        foreach (var @case in bundle.Cases)
            if (@case.Differences() is { Count: > 0 } differences)
                failures.Add($"{bundle.Name} {@case.Id}: {string.Join("\n    ", differences.Take(ShownDifferences))}");
        return failures;
    }

    private static GoldenBundle Open(string file)
    {
        Assert.SkipWhen(file == "none", "neither the shared folder nor INJECTION_CASES is there, so Istio's golden cases did not run");
        return GoldenBundle.Read(file);
    }
}
