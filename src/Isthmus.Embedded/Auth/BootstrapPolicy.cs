using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Auth;

/// <summary>The roles and bindings that every cluster starts with: discovery for all, everything for administrators.</summary>
internal static class BootstrapPolicy
{
    private const string ApiVersion = "rbac.authorization.k8s.io/v1";

    public static IEnumerable<JsonObject> Objects()
    {
        yield return Role("cluster-admin",
            Rule(["*"], ["*"], ["*"]),
            PathRule(["*"], ["*"]));
        yield return Role("system:discovery",
            PathRule(["get"], ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"]));
        yield return Role("system:public-info-viewer",
            PathRule(["get"], ["/healthz", "/livez", "/readyz", "/version", "/version/"]));
        yield return Role("system:basic-user",
            Rule(["create"], ["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]));
        yield return Binding("cluster-admin", "system:masters");
        yield return Binding("system:discovery", "system:authenticated");
        yield return Binding("system:basic-user", "system:authenticated");
        yield return Binding("system:public-info-viewer", "system:authenticated", "system:unauthenticated");
    }

    private static JsonObject Role(string name, params JsonNode?[] rules) => new()
    {
        ["kind"] = "ClusterRole",
        ["apiVersion"] = ApiVersion,
        ["metadata"] = Metadata(name),
        ["rules"] = new JsonArray(rules),
    };

    private static JsonObject Binding(string role, params string[] groups) => new()
    {
        ["kind"] = "ClusterRoleBinding",
        ["apiVersion"] = ApiVersion,
        ["metadata"] = Metadata(role),
        ["subjects"] = new JsonArray([.. groups.Select(g => new JsonObject { ["kind"] = "Group", ["apiGroup"] = "rbac.authorization.k8s.io", ["name"] = g })]),
        ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = role },
    };

    private static JsonObject Metadata(string name) => new()
    {
        ["name"] = name,
        ["labels"] = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" },
    };

    private static JsonObject Rule(string[] verbs, string[] groups, string[] resources) => new()
    {
        ["verbs"] = List(verbs),
        ["apiGroups"] = List(groups),
        ["resources"] = List(resources),
    };

    private static JsonObject PathRule(string[] verbs, string[] paths) => new() { ["verbs"] = List(verbs), ["nonResourceURLs"] = List(paths) };

    private static JsonArray List(string[] values) => new([.. values.Select(v => JsonValue.Create(v))]);
}
