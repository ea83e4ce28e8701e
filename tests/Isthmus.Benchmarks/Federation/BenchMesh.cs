using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.Istio;

namespace Isthmus.Benchmarks.Federation;

/// <summary>What the clusters of a benchmarked mesh hold, and the document over them: three pods behind each Service, ten Services a namespace.</summary>
internal static class BenchMesh
{
    private const int ServicesOfNamespace = 10;
    private const int PodsOfService = 3;

    public static string ClusterAt(int index) => $"c{index:000}";

    /// <summary>The exported Services of one cluster; no two clusters export one name.</summary>
    public static IEnumerable<ServiceName> Exports(int cluster, int count) =>
        Enumerable.Range(0, count).Select(number => new ServiceName($"team-{cluster:000}-{number / ServicesOfNamespace:000}", $"svc-{number:0000}"));

    public static string Document(int clusters)
    {
        var entries = Enumerable.Range(0, clusters).Select(index =>
            $"  - {{name: {ClusterAt(index)}, network: n-{index}, region: r{index % 4}, access: {{kubeconfig: {ClusterAt(index)}.kubeconfig}}, gateway: {{addresses: [20.0.{index}.1, 20.0.{index}.2]}}}}");
        return $$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: bench, generation: 1}
            spec:
              mayExport: ["*"]
              clusters:
            {{string.Join('\n', entries)}}

            """;
    }

    public static IEnumerable<JsonObject> Objects(int cluster, int services, int exported)
    {
        foreach (var definition in IstioDefinitions.Read())
            yield return definition;
        yield return Object("v1", "Namespace", "istio-system", null);
        var corefile = Object("v1", "ConfigMap", "coredns", "kube-system");
        corefile["data"] = new JsonObject { ["Corefile"] = ".:53 {\n    errors\n}\n" };
        yield return corefile;
        var exports = Exports(cluster, exported).ToList();
        var inside = Enumerable.Range(0, services - exported).Select(number => new ServiceName($"inside-{number / ServicesOfNamespace:000}", $"svc-{number:0000}")).ToList();
        foreach (var ns in exports.Concat(inside).Select(name => name.Namespace).Distinct())
            yield return Object("v1", "Namespace", ns, null);
        foreach (var obj in exports.SelectMany(name => Workload(name, isExported: true)).Concat(inside.SelectMany(name => Workload(name, isExported: false))))
            yield return obj;
    }

    private static IEnumerable<JsonObject> Workload(ServiceName name, bool isExported)
    {
        var service = Object("v1", "Service", name.Name, name.Namespace);
        service["metadata"]?.AsObject().Add("labels", Labels(name, isExported));
        service["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject { ["app"] = name.Name },
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 8080 }, new JsonObject { ["name"] = "grpc", ["port"] = 9090 }),
        };
        yield return service;
        var slice = Object("discovery.k8s.io/v1", "EndpointSlice", $"{name.Name}-x", name.Namespace);
        var labels = Labels(name, isExported);
        labels["kubernetes.io/service-name"] = name.Name;
        slice["metadata"]?.AsObject().Add("labels", labels);
        slice["addressType"] = "IPv4";
        slice["endpoints"] = new JsonArray([.. Enumerable.Range(0, PodsOfService).Select(pod => (JsonNode)new JsonObject
        {
            ["addresses"] = new JsonArray($"10.1.0.{pod + 1}"),
            ["conditions"] = new JsonObject { ["ready"] = true },
            ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = PodName(name, pod), ["namespace"] = name.Namespace },
        })]);
        yield return slice;
        for (var pod = 0; pod < PodsOfService && isExported; pod++)
            yield return Pod(name, pod);
    }

    private static JsonObject Pod(ServiceName name, int number)
    {
        var pod = Object("v1", "Pod", PodName(name, number), name.Namespace);
        pod["metadata"]?.AsObject().Add("labels", new JsonObject { ["app"] = name.Name });
        pod["spec"] = new JsonObject
        {
            ["serviceAccountName"] = name.Name,
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "registry.example.com/app:1" }),
        };
        return pod;
    }

    private static JsonObject Labels(ServiceName name, bool isExported)
    {
        var labels = new JsonObject { ["app"] = name.Name };
        if (isExported)
            labels["isthmus.dev/export"] = "true";
        return labels;
    }

    private static string PodName(ServiceName name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name.Name}-{number}");

    private static JsonObject Object(string apiVersion, string kind, string name, string? @namespace)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (@namespace is not null)
            metadata["namespace"] = @namespace;
        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }
}
