using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>
/// Every right that Isthmus uses. The ClusterRole in infra/ and what <c>check</c> asks for both come from here; a test runs all of Isthmus
/// under exactly that role.
/// </summary>
public static class RequiredRights
{
    private const string Networking = "networking.istio.io";
    private const string Admission = "admissionregistration.k8s.io";
    private const string Rbac = "rbac.authorization.k8s.io";

    private static readonly ImmutableArray<string> See = ["get", "list"];
    private static readonly ImmutableArray<string> Keep = ["get", "list", "create", "update", "delete"];

    private static readonly ImmutableArray<(string Group, ImmutableArray<string> Resources, ImmutableArray<string> Verbs)> Own =
    [
        ("", ["configmaps", "events", "namespaces", "secrets", "serviceaccounts", "services"], Keep),
        ("", ["serviceaccounts/token"], ["create"]),
        ("", ["nodes", "pods"], See),
        ("discovery.k8s.io", ["endpointslices"], See),
        // istiod is looked at; the relay is ours.
        ("apps", ["deployments"], Keep),
        ("policy", ["poddisruptionbudgets"], Keep),
        (Networking, ["destinationrules", "envoyfilters", "gateways", "serviceentries"], Keep),
        (Networking, ["proxyconfigs", "sidecars"], See),
        ("security.istio.io", ["authorizationpolicies", "peerauthentications"], See),
        ("multicluster.x-k8s.io", ["serviceexports"], See),
        ("multicluster.x-k8s.io", ["serviceexports/status"], ["update"]),
        (Admission, ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"], Keep),
        (Rbac, ["clusterroles", "clusterrolebindings"], Keep),
        ("networking.k8s.io", ["servicecidrs"], See),
        // What DiscoverEndpoints follows. Without these it lists again and again.
        ("", ["configmaps", "namespaces", "nodes", "pods", "services"], ["watch"]),
        ("discovery.k8s.io", ["endpointslices"], ["watch"]),
        (Networking, ["destinationrules"], ["watch"]),
        ("security.istio.io", ["peerauthentications"], ["watch"]),
    ];

    public static ImmutableArray<RequiredRight> All { get; } =
    [
        .. Own.SelectMany(entry => Rights(entry.Group, entry.Resources, entry.Verbs, RightScope.EveryCluster)),
        .. ReaderAccount.Rules().OfType<JsonObject>().SelectMany(rule => Texts(rule, "apiGroups").SelectMany(group =>
            Rights(group, Texts(rule, "resources"), Texts(rule, "verbs"), RightScope.ServedCluster))),
    ];

    /// <summary>What is needed in one cluster, each once.</summary>
    public static IEnumerable<RequiredRight> In(MeshCluster cluster) => All
        .Where(right => right.Scope == RightScope.EveryCluster || !cluster.HasOwnControlPlane)
        .DistinctBy(right => (right.Group, right.Resource, right.Verb));

    /// <summary>The role that gives them all.</summary>
    public static JsonObject ClusterRole() => new()
    {
        ["apiVersion"] = ResourceKind.ClusterRole.ApiVersion,
        ["kind"] = ResourceKind.ClusterRole.Kind,
        ["metadata"] = new JsonObject { ["name"] = "isthmus" },
        ["rules"] = new JsonArray(
        [
            .. Own.Select(entry => (JsonNode)new JsonObject { ["apiGroups"] = new JsonArray(entry.Group), ["resources"] = Array(entry.Resources), ["verbs"] = Array(entry.Verbs) }),
            .. ReaderAccount.Rules().Select(rule => rule?.DeepClone()),
        ]),
    };

    private static IEnumerable<RequiredRight> Rights(string group, ImmutableArray<string> resources, ImmutableArray<string> verbs, RightScope scope) =>
        resources.SelectMany(resource => verbs.Select(verb => new RequiredRight(group, resource, verb, scope)));

    private static ImmutableArray<string> Texts(JsonObject rule, string key) => [.. (rule[key] as JsonArray ?? []).Select(ObjectMetadata.TextOf).OfType<string>()];

    private static JsonArray Array(ImmutableArray<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
