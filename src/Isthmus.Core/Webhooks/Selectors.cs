using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Webhooks;

/// <summary>Expressions of label selectors, in Kubernetes' words.</summary>
internal static class Selectors
{
    public static JsonObject Of(params IEnumerable<JsonObject> expressions) => new() { ["matchExpressions"] = new JsonArray([.. expressions]) };

    public static JsonObject In(string key, params string[] values) => Expression(key, "In", values);

    public static JsonObject NotIn(string key, params string[] values) => Expression(key, "NotIn", values);

    public static JsonObject Exists(string key) => new() { ["key"] = key, ["operator"] = "Exists" };

    public static JsonObject Missing(string key) => new() { ["key"] = key, ["operator"] = "DoesNotExist" };

    /// <summary>
    /// What every namespace selector of ours ends with. AKS's admissions enforcer adds the first two to all webhooks by itself; written
    /// by us, nothing fights over them. The system's namespaces must never wait for us, and ours must come up without us.
    /// </summary>
    public static IEnumerable<JsonObject> OutsideTheSystem() =>
    [
        NotIn("control-plane", "true"),
        NotIn("kubernetes.azure.com/managedby", "aks"),
        NotIn("kubernetes.io/metadata.name", [SystemNamespaces.Isthmus, .. SystemNamespaces.NeverInjected]),
    ];

    private static JsonObject Expression(string key, string op, string[] values) =>
        new() { ["key"] = key, ["operator"] = op, ["values"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };
}
