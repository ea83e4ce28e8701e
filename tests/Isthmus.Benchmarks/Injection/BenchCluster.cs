using System.Text.Json.Nodes;

namespace Isthmus.Benchmarks.Injection;

/// <summary>What the load run's cluster holds: the settings to inject from, and an istiod that names its version.</summary>
internal static class BenchCluster
{
    public const string Mesh =
        """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: bench}
        spec:
          domain: global
          clusters:
          - name: bench
            network: bench
            access: {kubeconfig: bench.kubeconfig}
            gateway: {addresses: [203.0.113.1]}
            webhook: {reach: url}

        """;

    public static IEnumerable<JsonObject> Objects() =>
    [
        Object("v1", "Namespace", "istio-system"),
        ConfigMap("istio-sidecar-injector", ("config", BenchFiles.Text("config")), ("values", BenchFiles.Text("values"))),
        ConfigMap("istio", ("mesh", BenchFiles.Text("mesh"))),
        Istiod(),
    ];

    private static JsonObject Istiod()
    {
        var deployment = Object("apps/v1", "Deployment", "istiod", "istio-system");
        deployment["metadata"]?.AsObject().Add("labels", new JsonObject { ["app"] = "istiod", ["istio.io/rev"] = "default" });
        deployment["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "istiod" } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "istiod" } },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject { ["name"] = "discovery", ["image"] = "docker.io/istio/pilot:1.14.6" }),
                },
            },
        };
        return deployment;
    }

    private static JsonObject ConfigMap(string name, params (string Key, string Text)[] data)
    {
        var map = Object("v1", "ConfigMap", name, "istio-system");
        map["data"] = new JsonObject(data.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Text)));
        return map;
    }

    private static JsonObject Object(string apiVersion, string kind, string name, string? @namespace = null)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (@namespace is not null) metadata["namespace"] = @namespace;
        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }
}
