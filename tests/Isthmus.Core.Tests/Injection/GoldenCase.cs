using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>One golden case: pods, and what istiod makes of them.</summary>
internal sealed class GoldenCase(GoldenBundle bundle, JsonObject json)
{
    private const string Uid = "705ab4f5-6393-11e8-b7cc-42010a800002";

    public string Id => GoldenBundle.Text(json, "id");

    /// <summary>Such a case's pods do not carry the metadata that Istio's webhook would see, so only their specs are compared.</summary>
    private bool IsForWholeObjectsOnly => json["skipWebhook"]?.GetValue<bool>() == true;

    public InjectionSettings Settings => bundle.SettingsOf(json);

    public ClusterFacts Facts
    {
        get
        {
            var env = json["env"] as JsonObject ?? [];
            return new ClusterFacts
            {
                KubeletVersions = (env["nodes"] as JsonArray ?? []).OfType<JsonObject>()
                    .ToDictionary(node => GoldenBundle.Text(node, "name"), node => GoldenBundle.Text(node, "kubeletVersion")),
                NamespaceAnnotations = (env["namespaces"] as JsonArray ?? []).OfType<JsonObject>().ToDictionary(
                    item => GoldenBundle.Text(item, "name"),
                    item => (IReadOnlyDictionary<string, string>)(item["annotations"] as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => entry.Value?.ToString() ?? "")),
                ProxyConfigs = [.. (env["proxyConfigs"] as JsonArray ?? []).OfType<JsonObject>()],
            };
        }
    }

    public IEnumerable<JsonObject> Pods => (json["pods"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>What differs from istiod, each difference with its JSON path; empty where the case passes.</summary>
    public IReadOnlyList<string> Differences()
    {
        var pods = Pods.ToList();
        return [.. pods.SelectMany((pod, index) => PodDifferences(pod).Select(difference => pods.Count > 1 ? $"pod {index}: {difference}" : difference))];
    }

    /// <summary>What the pod is after the patch of the answer, or null where there is none to apply; the message where it is refused.</summary>
    public (JsonObject? Pod, string? Refusal) Inject(JsonObject pod, string requestNamespace, ClusterFacts? facts = null, string path = "/inject")
    {
        var review = new JsonObject
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = "admission.k8s.io/v1",
            ["request"] = new JsonObject { ["uid"] = Uid, ["namespace"] = requestNamespace, ["object"] = pod.DeepClone() },
        };
        var outcome = Injector.Review(Settings, facts ?? Facts, InjectPath.Parse(path), Encoding.UTF8.GetBytes(review.ToJsonString()), TestContext.Current.CancellationToken);
        var response = outcome.Response?["response"] as JsonObject;
        if (response is null) return (null, $"FAILED {outcome.Result}");
        Assert.Equal(Uid, response["uid"]?.ToString());
        if (response["allowed"]?.GetValue<bool>() != true) return (null, response["status"]?["message"]?.ToString() ?? "");
        if (response["patch"] is not { } patch) return (null, null);
        var operations = Assert.IsType<JsonArray>(JsonNode.Parse(Convert.FromBase64String(patch.ToString())));
        return (operations.Count == 0 ? null : Assert.IsType<JsonObject>(JsonPatch.Apply(pod, operations)), null);
    }

    private IReadOnlyList<string> PodDifferences(JsonObject item)
    {
        var pod = Assert.IsType<JsonObject>(item["pod"]);
        var (injected, refusal) = Inject(pod, GoldenBundle.Text(item, "requestNamespace"));
        if (json["expectedError"] is { } expectedError)
        {
            return refusal is null || !refusal.Contains(expectedError.ToString(), StringComparison.OrdinalIgnoreCase)
                ? [$"$: expected a refusal with '{expectedError}', found {refusal ?? "an admitted pod"}"]
                : [];
        }
        if (refusal is not null) return [$"$: refused: {refusal}"];
        var isInjected = item["injected"]?.GetValue<bool>() != false;
        if (isInjected != (injected is not null)) return [$"$: injected: expected {isInjected}, found {injected is not null}"];
        var differences = GoldenComparison.Differences(
            Assert.IsType<JsonObject>(item["expected"]), injected ?? pod, ignoreStatus: json["ignoreStatusAnnotation"]?.GetValue<bool>() == true);
        return IsForWholeObjectsOnly ? [.. differences.Where(difference => !difference.StartsWith("$.metadata", StringComparison.Ordinal))] : differences;
    }
}
