using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Webhooks;

/// <summary>The MutatingWebhookConfiguration by which pods come to us, with the selectors of Istio's own webhooks.</summary>
internal static class InjectionWebhooks
{
    // API servers call webhooks in the order of their configurations' names: this sorts before istio-sidecar-injector, so we come first.
    private const string Name = "isthmus-injector";

    // Not sidecar-injector.istio.io: istiod would overwrite the caBundle of such webhooks.
    private const string Suffix = "inject.isthmus.dev";

    private const string Injection = "istio-injection";
    private const string Revision = "istio.io/rev";
    private const string Inject = "sidecar.istio.io/inject";

    public static ObjectId Id(ClusterName cluster) => new(cluster, ResourceKind.MutatingWebhookConfiguration, null, Name);

    public static DesiredObject Desired(MeshDocument mesh, MeshCluster cluster, WebhookSettings settings)
    {
        var id = Id(cluster.Name);
        var configuration = Ownership.NewObject(id, mesh.Name);
        var webhooks = mesh.Injection.Revisions.SelectMany(revision => Of(mesh.Injection, revision).Select(rule => (revision, rule)));
        configuration["webhooks"] = new JsonArray([.. webhooks.Select(entry => (JsonNode)Webhook(mesh.Injection, cluster, settings, entry.revision, entry.rule))]);
        return new DesiredObject(id, configuration);
    }

    private static JsonObject Webhook(InjectionPolicy policy, MeshCluster cluster, WebhookSettings settings, string revision, Rule rule) => new()
    {
        ["name"] = $"{rule.Name}.{revision}.{Suffix}",
        ["clientConfig"] = WebhookAddress.Inject(settings, cluster, revision),
        ["rules"] = new JsonArray(new JsonObject
        {
            ["apiGroups"] = new JsonArray(""),
            ["apiVersions"] = new JsonArray("v1"),
            ["operations"] = new JsonArray("CREATE"),
            ["resources"] = new JsonArray("pods"),
            ["scope"] = "*",
        }),
        ["failurePolicy"] = policy.FailurePolicy,
        ["matchPolicy"] = "Equivalent",
        ["namespaceSelector"] = Selectors.Of([.. rule.Namespace, .. Selectors.OutsideTheSystem()]),
        ["objectSelector"] = Selectors.Of(rule.Object),
        ["sideEffects"] = "None",
        ["timeoutSeconds"] = policy.TimeoutSeconds,
        ["reinvocationPolicy"] = policy.ReinvocationPolicy,
        ["admissionReviewVersions"] = new JsonArray("v1"),
    };

    /// <summary>Istio's webhooks of one revision or tag; the default revision also answers to <c>istio-injection</c> and to single pods.</summary>
    private static IEnumerable<Rule> Of(InjectionPolicy policy, string revision)
    {
        yield return new Rule(
            "rev-namespace",
            [Selectors.In(Revision, revision), Selectors.Missing(Injection)],
            [Selectors.NotIn(Inject, "false")]);
        yield return new Rule(
            "rev-object",
            [Selectors.Missing(Revision), Selectors.Missing(Injection)],
            [Selectors.NotIn(Inject, "false"), Selectors.In(Revision, revision)]);
        if (revision != InjectionPolicy.DefaultRevision)
            yield break;
        yield return new Rule("namespace", [Selectors.In(Injection, "enabled")], [Selectors.NotIn(Inject, "false")]);
        yield return new Rule(
            "object",
            [Selectors.Missing(Injection), Selectors.Missing(Revision)],
            [Selectors.In(Inject, "true"), Selectors.Missing(Revision)]);
        if (policy.EnableNamespacesByDefault)
        {
            yield return new Rule(
                "auto",
                [Selectors.Missing(Injection), Selectors.Missing(Revision)],
                [Selectors.Missing(Inject), Selectors.Missing(Revision)]);
        }
    }

    private sealed record Rule(string Name, IReadOnlyList<JsonObject> Namespace, IReadOnlyList<JsonObject> Object);
}
