using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Isthmus.Core.Webhooks;
using Xunit;

namespace Isthmus.Core.Tests.Webhooks;

public sealed class WebhookPlannerTests
{
    private static readonly WebhookSettings Settings = new() { BaseUrl = new Uri("https://isthmus.example.com/"), CaBundle = "PEM", Keys = [[1], [2]] };

    [Fact]
    public void Registers_istios_own_selectors_under_a_name_that_sorts_before_istiods()
    {
        var webhooks = Webhooks(Mesh(), out var configuration);
        Assert.True(string.CompareOrdinal(configuration.Name(), "istio-sidecar-injector") < 0);
        Assert.Null(configuration.Label("istio.io/rev"));
        Assert.Equal(
            ["rev-namespace.default.inject.isthmus.dev", "rev-object.default.inject.isthmus.dev", "namespace.default.inject.isthmus.dev", "object.default.inject.isthmus.dev"],
            webhooks.Select(webhook => ObjectMetadata.TextOf(webhook["name"])));
        Assert.All(webhooks, webhook =>
        {
            Assert.Equal("Ignore", ObjectMetadata.TextOf(webhook["failurePolicy"]));
            Assert.Equal(3, (int?)webhook["timeoutSeconds"]);
            var selector = webhook["namespaceSelector"]?.ToJsonString() ?? "";
            Assert.Contains("""{"key":"control-plane","operator":"NotIn","values":["true"]}""", selector, StringComparison.Ordinal);
            Assert.Contains("""{"key":"kubernetes.azure.com/managedby","operator":"NotIn","values":["aks"]}""", selector, StringComparison.Ordinal);
            Assert.Contains("\"isthmus-system\",\"kube-system\"", selector, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_url_carries_cluster_network_and_a_token_for_injection_alone()
    {
        var client = Assert.IsType<JsonObject>(Webhooks(Mesh(), out _)[0]["clientConfig"]);
        var token = WebhookToken.Compute([1], new ClusterName("east"), WebhookPurpose.Inject);
        Assert.Equal($"https://isthmus.example.com/api/clusters/east/{token}/inject/cluster/east/net/n-east", ObjectMetadata.TextOf(client["url"]));
        Assert.Equal("UEVN", ObjectMetadata.TextOf(client["caBundle"]));
        Assert.False(client.ContainsKey("service"));
    }

    [Theory]
    [InlineData("n-east")]
    [InlineData("VNet_East")]
    [InlineData("a..b")]
    public void A_Services_path_has_segments_that_an_API_server_takes_whatever_the_network_is_called(string network)
    {
        var mesh = Mesh(network: network);
        var client = WebhookAddress.Inject(Settings.ThroughRelay("PEM"), mesh.Clusters[0], "default");
        var path = ObjectMetadata.TextOf(client["service"]?["path"]) ?? "";
        Assert.All(path[1..].Split('/'), segment => Assert.Matches(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", segment));
        Assert.Equal(network, InjectPath.Parse(path).Variables["ISTIO_META_NETWORK"]);
    }

    [Fact]
    public void Other_revisions_come_with_their_name_in_the_path_and_only_by_revision()
    {
        var webhooks = Webhooks(Mesh("  injection: {revisions: [canary], fallback: none}\n"), out _);
        Assert.Equal(2, webhooks.Count);
        Assert.All(webhooks, webhook => Assert.Equal("Fail", ObjectMetadata.TextOf(webhook["failurePolicy"])));
        Assert.Contains("/inject/isthmus-revision/canary/cluster/east/", webhooks[0]["clientConfig"]?.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_changes_webhook_never_refuses_and_takes_one_second_at_most()
    {
        var mesh = Mesh();
        var plan = WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, new ClusterSetupSnapshot(null, [], []));
        var changes = plan.Actions.OfType<PlannedAction.Create>().Single(action => action.Id.Kind == ResourceKind.ValidatingWebhookConfiguration).Content;
        var webhooks = (changes["webhooks"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        Assert.Equal(["exports", "exported", "serviceexports", "gateway"], webhooks.Select(webhook => ObjectMetadata.TextOf(webhook["name"])?.Replace(".changes.isthmus.dev", "", StringComparison.Ordinal)));
        Assert.All(webhooks, webhook => Assert.Equal(("Ignore", 1), (ObjectMetadata.TextOf(webhook["failurePolicy"]), (int?)webhook["timeoutSeconds"])));
    }

    [Fact]
    public void Slices_are_told_of_with_either_label_unless_they_are_polled()
    {
        Assert.Equal(2, Changes(Mesh()).Count(webhook => webhook["rules"]?.ToJsonString().Contains("endpointslices", StringComparison.Ordinal) == true));
        Assert.DoesNotContain("endpointslices", string.Concat(Changes(Mesh(cluster: ", webhook: {endpointSlices: poll}")).Select(webhook => webhook.ToJsonString())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_Service_is_told_of_where_exports_are_allowed_for_a_ServiceExport_may_wait_for_it()
    {
        var webhook = Changes(Mesh("  mayExport: [shop]\n")).Single(webhook => ObjectMetadata.TextOf(webhook["name"]) == "services.changes.isthmus.dev");
        Assert.Equal("""["CREATE"]""", webhook["rules"]?[0]?["operations"]?.ToJsonString());
        Assert.Contains("""{"key":"kubernetes.io/metadata.name","operator":"In","values":["shop"]}""", webhook["namespaceSelector"]?.ToJsonString(), StringComparison.Ordinal);
    }

    private static List<JsonObject> Changes(MeshDocument mesh)
    {
        var plan = WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, new ClusterSetupSnapshot(null, [], []));
        var changes = plan.Actions.OfType<PlannedAction.Create>().Single(action => action.Id.Kind == ResourceKind.ValidatingWebhookConfiguration).Content;
        return [.. (changes["webhooks"] as JsonArray ?? []).OfType<JsonObject>()];
    }

    [Fact]
    public void A_change_of_defaults_by_the_server_is_no_drift_but_a_changed_field_of_ours_is()
    {
        var mesh = Mesh();
        var state = FakeState.Of(WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, new ClusterSetupSnapshot(null, [], [])));
        var live = state.Single(entry => entry.Key.Kind == ResourceKind.MutatingWebhookConfiguration).Value;
        var first = (live["webhooks"] as JsonArray ?? []).OfType<JsonObject>().First();
        first["addedByALaterServer"] = true;
        Assert.False(Again().HasWrites);
        first["timeoutSeconds"] = 30;
        Assert.True(Again().HasWrites);

        Plan Again() => WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, Seen(state));
    }

    [Fact]
    public void A_leaving_cluster_loses_all_of_ours_and_nothing_else()
    {
        var mesh = Mesh();
        var state = FakeState.Of(WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, new ClusterSetupSnapshot(null, [], [])));
        var leaving = Mesh(cluster: ", state: leaving");
        var plan = WebhookPlanner.Plan(leaving, leaving.Clusters[0], Settings, Seen(state));
        Assert.Equal(3, plan.Actions.Length);
        Assert.All(plan.Actions, action => Assert.IsType<PlannedAction.Delete>(action));
        Assert.Equal(ResourceKind.Namespace, plan.Actions[^1].Id.Kind);
    }

    [Fact]
    public void A_foreign_configuration_of_the_same_name_is_left_alone_and_reported()
    {
        var mesh = Mesh();
        var foreign = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "isthmus-injector" } };
        var plan = WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, new ClusterSetupSnapshot(null, [foreign], []));
        var skipped = Assert.Single(plan.Actions.OfType<PlannedAction.Skipped>());
        Assert.Contains("belongs to somebody else", skipped.Reason, StringComparison.Ordinal);
    }

    private static ClusterSetupSnapshot Seen(FakeState state) => new(
        state.Single(entry => entry.Key.Kind == ResourceKind.Namespace).Value,
        [.. state.Where(entry => entry.Key.Kind == ResourceKind.MutatingWebhookConfiguration).Select(entry => entry.Value)],
        [.. state.Where(entry => entry.Key.Kind == ResourceKind.ValidatingWebhookConfiguration).Select(entry => entry.Value)]);

    private static List<JsonObject> Webhooks(MeshDocument mesh, out JsonObject configuration)
    {
        var plan = WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, new ClusterSetupSnapshot(null, [], []));
        configuration = plan.Actions.OfType<PlannedAction.Create>().Single(action => action.Id.Kind == ResourceKind.MutatingWebhookConfiguration).Content;
        return [.. (configuration["webhooks"] as JsonArray ?? []).OfType<JsonObject>()];
    }

    private static MeshDocument Mesh(string spec = "", string cluster = "", string network = "n-east") => Assert.IsType<MeshDocument>(MeshDocument.Parse($$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: m}
        spec:
        {{spec}}  clusters:
          - {name: east, network: {{network}}, access: {kubeconfig: k}, gateway: {service: istio-system/gw}{{cluster}}}
        """).Document);
}
