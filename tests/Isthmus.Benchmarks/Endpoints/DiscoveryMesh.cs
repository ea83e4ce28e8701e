using System.Text.Json.Nodes;
using Isthmus.Benchmarks.Federation;
using Isthmus.Embedded.Istio;

namespace Isthmus.Benchmarks.Endpoints;

/// <summary>What the clusters of the discovery benchmark hold: the same Services everywhere, ten a namespace, and pods of the usual size behind them.</summary>
internal static class DiscoveryMesh
{
    private const int ServicesOfNamespace = 10;
    private const int EndpointsOfSlice = 100;
    private const int Nodes = 30;

    public static string ServiceAt(int number) => $"svc-{number:000}.{NamespaceOf(number)}";

    public static string Document(DiscoveryLoadOptions options)
    {
        var entries = Enumerable.Range(0, options.Clusters).Select(index =>
            $"  - {{name: {BenchMesh.ClusterAt(index)}, network: n-{index}, controlPlane: {BenchMesh.ClusterAt(0)}, access: {{kubeconfig: {BenchMesh.ClusterAt(index)}.kubeconfig}}, gateway: {{addresses: [20.0.{index}.1, 20.0.{index}.2]}}}}");
        return $$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: bench, generation: 1}
            spec:
              dns: none
              clusters:
            {{string.Join('\n', entries)}}

            """;
    }

    public static IEnumerable<(string Name, IEnumerable<JsonObject> Objects)> Clusters(DiscoveryLoadOptions options) =>
        Enumerable.Range(0, options.Clusters).Select(index => (BenchMesh.ClusterAt(index), Objects(index, options)));

    private static string NamespaceOf(int service) => $"team-{service / ServicesOfNamespace:00}";

    private static IEnumerable<JsonObject> Objects(int cluster, DiscoveryLoadOptions options)
    {
        foreach (var definition in IstioDefinitions.Read())
            yield return definition;
        yield return Object("v1", "Namespace", "istio-system", null);
        foreach (var ns in Enumerable.Range(0, options.Services).Select(NamespaceOf).Distinct())
            yield return Object("v1", "Namespace", ns, null);
        for (var node = 0; node < Nodes; node++)
            yield return Object("v1", "Node", $"node-{node:00}", null, new JsonObject { ["topology.kubernetes.io/region"] = $"r{cluster % 3}", ["topology.kubernetes.io/zone"] = $"z{node % 3}" });
        var pod = 0;
        for (var service = 0; service < options.Services; service++)
        {
            var count = options.Endpoints / options.Services + (service < options.Endpoints % options.Services ? 1 : 0);
            foreach (var obj in Workload(cluster, service, pod, count))
                yield return obj;
            pod += count;
        }
    }

    private static IEnumerable<JsonObject> Workload(int cluster, int number, int firstPod, int count)
    {
        var (name, ns) = ($"svc-{number:000}", NamespaceOf(number));
        var service = Object("v1", "Service", name, ns, new JsonObject { ["app"] = name, ["isthmus.dev/endpoints"] = "isthmus" });
        service["spec"] = new JsonObject { ["selector"] = new JsonObject { ["app"] = name }, ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 80, ["targetPort"] = 8080 }) };
        yield return service;
        for (var first = 0; first < count; first += EndpointsOfSlice)
        {
            var slice = Object("discovery.k8s.io/v1", "EndpointSlice", $"{name}-{first / EndpointsOfSlice:000}", ns, new JsonObject { ["kubernetes.io/service-name"] = name });
            slice["addressType"] = "IPv4";
            slice["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 8080, ["protocol"] = "TCP" });
            slice["endpoints"] = new JsonArray([.. Enumerable.Range(first, Math.Min(EndpointsOfSlice, count - first)).Select(i => (JsonNode)Endpoint(cluster, name, ns, firstPod + i))]);
            yield return slice;
        }
        for (var i = 0; i < count; i++) yield return Pod(name, ns, firstPod + i);
    }

    private static JsonObject Endpoint(int cluster, string service, string ns, int pod) => new()
    {
        ["addresses"] = new JsonArray($"10.{cluster}.{pod / 250}.{pod % 250 + 1}"),
        ["conditions"] = new JsonObject { ["ready"] = true, ["serving"] = true, ["terminating"] = false },
        ["nodeName"] = $"node-{pod % Nodes:00}",
        ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = PodName(service, pod), ["namespace"] = ns, ["uid"] = $"00000000-0000-0000-0000-{pod:000000000000}" },
        ["zone"] = $"z{pod % 3}",
    };

    private static JsonObject Pod(string service, string ns, int number)
    {
        var pod = Object("v1", "Pod", PodName(service, number), ns, new JsonObject
        {
            ["app"] = service,
            ["version"] = "v1",
            ["pod-template-hash"] = "5d9c7b8f6d",
            ["security.istio.io/tlsMode"] = "istio",
            ["service.istio.io/canonical-name"] = service,
            ["service.istio.io/canonical-revision"] = "v1",
        });
        // A pod with a sidecar has some forty variables and as many lines besides.
        var environment = Enumerable.Range(0, 40).Select(i => (JsonNode)new JsonObject { ["name"] = $"VARIABLE_{i:00}", ["value"] = $"a value of the usual length, number {i}" });
        pod["spec"] = new JsonObject
        {
            ["nodeName"] = $"node-{number % Nodes:00}",
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "registry.example.com/app:1", ["env"] = new JsonArray([.. environment]) }),
        };
        return pod;
    }

    private static string PodName(string service, int number) => $"{service}-5d9c7b8f6d-{number:00000}";

    private static JsonObject Object(string apiVersion, string kind, string name, string? ns, JsonObject? labels = null)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null) metadata["namespace"] = ns;
        if (labels is not null) metadata["labels"] = labels;
        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }
}
