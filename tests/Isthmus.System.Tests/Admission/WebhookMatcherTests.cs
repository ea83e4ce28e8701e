using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;
using Xunit;

namespace Isthmus.System.Tests.Admission;

public sealed class WebhookMatcherTests
{
    private static readonly ResourceDefinition V1 = new("networking.istio.io", "v1", "gateways", "gateway", "Gateway", true);
    private static readonly ResourceDefinition V1Beta1 = V1 with { Version = "v1beta1" };

    [Theory]
    [InlineData("gateways", null, true)]
    [InlineData("gateways", "status", false)]
    [InlineData("gateways/status", "status", true)]
    [InlineData("gateways/status", null, false)]
    [InlineData("gateways/*", null, true)]
    [InlineData("gateways/*", "status", true)]
    [InlineData("*", null, true)]
    [InlineData("*", "status", false)]
    [InlineData("*/*", "status", true)]
    [InlineData("*/status", "status", true)]
    [InlineData("pods", null, false)]
    public void Matches_resources_and_subresources_by_Kubernetes_patterns(string pattern, string? subresource, bool expected) =>
        Assert.Equal(expected, Match(Webhook(pattern, "v1"), subresource) is not null);

    [Fact]
    public void An_equivalent_version_is_sent_in_the_version_of_the_rule()
    {
        var call = Match(Webhook("gateways", "v1beta1"), null);
        Assert.Equal("networking.istio.io/v1beta1", (string?)call?.Attributes.Object?["apiVersion"]);
        var review = call is null ? [] : AdmissionReviewBody.Build(call, "admission.k8s.io/v1", "u");
        Assert.Equal("v1beta1", (string?)review["request"]?["resource"]?["version"]);
        Assert.Equal("v1", (string?)review["request"]?["requestResource"]?["version"]);
        Assert.Equal("v1", (string?)review["request"]?["requestKind"]?["version"]);
    }

    [Fact]
    public void Exact_match_policy_takes_no_other_version()
    {
        var webhook = Webhook("gateways", "v1beta1");
        webhook.Spec["matchPolicy"] = "Exact";
        Assert.Null(Match(webhook, null));
    }

    [Theory]
    [InlineData("Namespaced", true)]
    [InlineData("*", true)]
    [InlineData("Cluster", false)]
    public void Scope_is_honoured(string scope, bool expected)
    {
        var webhook = Webhook("gateways", "v1");
        (webhook.Spec["rules"]?[0] as JsonObject ?? [])["scope"] = scope;
        Assert.Equal(expected, Match(webhook, null) is not null);
    }

    private static Webhook Webhook(string resource, string version) => new("t/0", new JsonObject
    {
        ["name"] = "t.example.com",
        ["rules"] = new JsonArray(new JsonObject
        {
            ["operations"] = new JsonArray("*"),
            ["apiGroups"] = new JsonArray("networking.istio.io"),
            ["apiVersions"] = new JsonArray(version),
            ["resources"] = new JsonArray(resource),
        }),
    });

    private static WebhookCall? Match(Webhook webhook, string? subresource)
    {
        var gateway = new JsonObject { ["apiVersion"] = "networking.istio.io/v1", ["kind"] = "Gateway" };
        var attributes = new AdmissionAttributes(V1, subresource, "CREATE", "default", "g", gateway, null, [], new RequestUser("u", null, []), false);
        return WebhookMatcher.Match(webhook, attributes, new TwoVersions());
    }

    private sealed class TwoVersions : IWebhookConfigurations
    {
        public IReadOnlyList<JsonObject> Mutating => [];
        public IReadOnlyList<JsonObject> Validating => [];
        public IReadOnlyDictionary<string, string>? NamespaceLabels(string name) => null;
        public KindRules? Rules(ResourceDefinition resource) => null;
        public IReadOnlyList<ResourceDefinition> Versions(ResourceDefinition resource) => [V1, V1Beta1];
    }
}
