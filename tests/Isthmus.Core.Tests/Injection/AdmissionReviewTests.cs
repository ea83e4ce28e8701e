using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

public sealed class AdmissionReviewTests
{
    private static readonly InjectionSettings Settings = OwnCases.Settings();

    [Theory]
    [InlineData("admission.k8s.io/v1")]
    [InlineData("admission.k8s.io/v1beta1")]
    public void The_answer_has_the_version_of_the_question(string version)
    {
        var outcome = Review(Question(version, OwnCases.Pod("plain-pod")));
        Assert.Equal(version, outcome.Response?["apiVersion"]?.ToString());
        Assert.Equal("AdmissionReview", outcome.Response?["kind"]?.ToString());
        Assert.Null(outcome.Response?["request"]);
        var response = Assert.IsType<JsonObject>(outcome.Response?["response"]);
        Assert.Equal("u-1", response["uid"]?.ToString());
        Assert.True(response["allowed"]?.GetValue<bool>());
        Assert.Equal("JSONPatch", response["patchType"]?.ToString());
        var patch = Assert.IsType<JsonArray>(JsonNode.Parse(Convert.FromBase64String(response["patch"]?.ToString() ?? "")));
        Assert.True(JsonNode.DeepEquals(Assert.IsType<InjectionResult.Injected>(outcome.Result).Pod, JsonPatch.Apply(OwnCases.Pod("plain-pod"), patch)));
    }

    [Fact]
    public void A_pod_that_is_left_alone_is_allowed_without_a_patch()
    {
        var response = Assert.IsType<JsonObject>(Review(Question("admission.k8s.io/v1", OwnCases.Pod("left-alone"))).Response?["response"]);
        Assert.True(response["allowed"]?.GetValue<bool>());
        Assert.False(response.ContainsKey("patch"));
    }

    [Fact]
    public void A_bad_annotation_is_refused_with_the_reason()
    {
        var response = Assert.IsType<JsonObject>(Review(Question("admission.k8s.io/v1", OwnCases.Pod("bad-annotation"))).Response?["response"]);
        Assert.False(response["allowed"]?.GetValue<bool>());
        Assert.Contains("excludeIPRanges invalid", response["status"]?["message"]?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "", "admission.k8s.io/v1beta1")]
    [InlineData("[]", "", "admission.k8s.io/v1beta1")]
    [InlineData("{\"a\":1,\"a\":2}", "", "admission.k8s.io/v1beta1")]
    [InlineData("{\"a\":\"\\ud800\"}", "", "admission.k8s.io/v1beta1")]
    [InlineData("{}", "", "admission.k8s.io/v1beta1")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v2","request":{"uid":"u-2"}}""", "u-2", "admission.k8s.io/v1beta1")]
    [InlineData("""{"kind":"Pod","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-2"}}""", "u-2", "admission.k8s.io/v1beta1")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}""", "", "admission.k8s.io/v1")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-3","object":null}}""", "u-3", "admission.k8s.io/v1")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-3","object":{"spec":[]}}}""", "u-3", "admission.k8s.io/v1")]
    public void What_is_no_review_of_a_pod_is_refused_with_a_message(string body, string uid, string version)
    {
        var outcome = Injector.Review(Settings, ClusterFacts.None, InjectPath.None, Encoding.UTF8.GetBytes(body), TestContext.Current.CancellationToken);
        Assert.IsType<InjectionResult.Refused>(outcome.Result);
        Assert.Equal(version, outcome.Response?["apiVersion"]?.ToString());
        Assert.Equal(uid, outcome.Response?["response"]?["uid"]?.ToString());
        Assert.False(outcome.Response?["response"]?["allowed"]?.GetValue<bool>());
        Assert.NotEmpty(outcome.Response?["response"]?["status"]?["message"]?.ToString() ?? "");
    }

    [Fact]
    public void The_requests_namespace_counts_but_is_not_patched_in()
    {
        var pod = OwnCases.Pod("plain-pod");
        Assert.IsType<JsonObject>(pod["metadata"]).Remove("namespace");
        var outcome = Review(Question("admission.k8s.io/v1", pod, "kube-system"));
        Assert.Contains("kube-system", Assert.IsType<InjectionResult.NotNeeded>(outcome.Result).Reason, StringComparison.Ordinal);
        var patch = Assert.IsType<InjectionResult.Injected>(Review(Question("admission.k8s.io/v1", pod)).Result).Patch;
        Assert.DoesNotContain(patch, operation => operation?["path"]?.ToString() == "/metadata/namespace");
    }

    [Fact]
    public void Managed_fields_are_neither_looked_at_nor_patched()
    {
        var pod = OwnCases.Pod("plain-pod");
        Assert.IsType<JsonObject>(pod["metadata"])["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "m" });
        var patch = Assert.IsType<InjectionResult.Injected>(Review(Question("admission.k8s.io/v1", pod)).Result).Patch;
        Assert.DoesNotContain(patch, operation => operation?["path"]?.ToString().Contains("managedFields", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_review_whose_time_is_over_fails_instead_of_being_refused()
    {
        using var over = new CancellationTokenSource();
        over.Cancel();
        var settings = OwnCases.Settings(changeConfig: config => config.Replace(
            "  extra: |\n", "  extra: |\n    {{- range until 100000 }}{{ end }}\n", StringComparison.Ordinal));
        var outcome = Injector.Review(settings, ClusterFacts.None, InjectPath.None, Question("admission.k8s.io/v1", OwnCases.Pod("two-templates")), over.Token);
        Assert.IsType<InjectionResult.Failed>(outcome.Result);
        Assert.Null(outcome.Response);
        Assert.Equal("u-1", outcome.Uid);
    }

    [Fact]
    public void A_template_that_nobody_has_is_the_users_fault_only_if_the_user_named_it()
    {
        var pod = OwnCases.Pod("two-templates");
        Assert.IsType<JsonObject>(pod["metadata"]?["annotations"])["inject.istio.io/templates"] = "nobody";
        var refused = Assert.IsType<InjectionResult.Refused>(Review(Question("admission.k8s.io/v1", pod)).Result);
        Assert.Equal("requested template \"nobody\" not found; have extra, sidecar", refused.Message);
        var settings = OwnCases.Settings(changeConfig: config => config.Replace("[sidecar]\naliases", "[nobody]\naliases", StringComparison.Ordinal));
        var outcome = Injector.Review(settings, ClusterFacts.None, InjectPath.None, Question("admission.k8s.io/v1", OwnCases.Pod("plain-pod")), TestContext.Current.CancellationToken);
        Assert.IsType<InjectionResult.Failed>(outcome.Result);
    }

    private static JsonObject Question(string version, JsonObject pod, string @namespace = "shop") => new()
    {
        ["kind"] = "AdmissionReview",
        ["apiVersion"] = version,
        ["request"] = new JsonObject { ["uid"] = "u-1", ["namespace"] = @namespace, ["object"] = pod.DeepClone() },
    };

    private static ReviewOutcome Review(JsonObject review) =>
        Injector.Review(Settings, ClusterFacts.None, InjectPath.None, Encoding.UTF8.GetBytes(review.ToJsonString()), TestContext.Current.CancellationToken);
}
