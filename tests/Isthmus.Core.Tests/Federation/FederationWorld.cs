using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

/// <summary>A mesh in memory: a document and what its clusters hold. Runs observe it as the real ones do.</summary>
internal sealed class FederationWorld
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private const string Document = """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: m}
        spec:
          mayExport: [shop, bank]
          clusters:
          - {name: east, network: n-east, region: eu, access: {kubeconfig: k}, gateway: {addresses: [1.1.1.1]}}
          - {name: north, network: n-north, access: {kubeconfig: k}, gateway: {addresses: [3.3.3.3, gw.north.example.com]}}
          - {name: west, network: n-west, region: us, access: {kubeconfig: k}, gateway: {service: istio-system/gw}}
        """;

    public FederationWorld(string document = Document)
    {
        Mesh = Parse(document);
        foreach (var cluster in Mesh.Clusters)
        {
            Put(cluster.Name.Value, ResourceKind.ConfigMap, "kube-system", "coredns", """{"data":{"Corefile":".:53 {\n    errors\n    reload\n}\n"}}""");
            Put(cluster.Name.Value, ResourceKind.Service, "istio-system", "gw", """
                {"spec":{"type":"LoadBalancer","selector":{"istio":"eastwestgateway"},"ports":[{"name":"tls","port":15443,"targetPort":15443}]},
                 "status":{"loadBalancer":{"ingress":[{"ip":"2.2.2.2"}]}}}
                """);
        }
    }

    public static string DefaultDocument => Document;

    public MeshDocument Mesh { get; set; }

    public FakeState State { get; init; } = [];

    public HashSet<string> Silent { get; } = [];

    /// <summary>The clusters whose istiod takes Gateways from the gateway's own namespace only.</summary>
    public HashSet<string> Scoped { get; } = [];

    public DateTimeOffset Now { get; set; } = Start;

    public static MeshDocument Parse(string document)
    {
        var result = MeshDocument.Parse(document);
        Assert.Empty(result.Errors);
        return Assert.IsType<MeshDocument>(result.Document);
    }

    public static ObjectId Id(string cluster, ResourceKind kind, string ns, string name) => new(new ClusterName(cluster), kind, ns, name);

    public void Put(string cluster, ResourceKind kind, string ns, string name, string json, params (string Key, string Value)[] labels)
    {
        var obj = JsonNode.Parse(json) as JsonObject ?? [];
        obj["apiVersion"] = kind.ApiVersion;
        obj["kind"] = kind.Kind;
        var metadata = obj["metadata"] as JsonObject ?? [];
        metadata["name"] = name;
        metadata["namespace"] = ns;
        if (labels.Length > 0)
            metadata["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));
        if (metadata.Parent is null)
            obj["metadata"] = metadata;
        State[Id(cluster, kind, ns, name)] = obj;
    }

    public void Export(string cluster, string ns, string name, string ports = """[{"name":"http","port":9080}]""", string? exportTo = null)
    {
        var annotations = exportTo is null ? "{}" : $$$"""{"annotations":{"isthmus.dev/export-to":"{{{exportTo}}}"}}""";
        Put(cluster, ResourceKind.Service, ns, name, $$$"""{"metadata":{{{annotations}}},"spec":{"clusterIP":"10.0.0.9","selector":{"app":"{{{name}}}"},"ports":{{{ports}}}}}""", ("isthmus.dev/export", "true"));
    }

    /// <summary>A ServiceExport, created at a time after the start.</summary>
    public void Declare(string cluster, string ns, string name, double seconds = 0, string version = "v1beta1", string? exportTo = null)
    {
        var annotations = exportTo is null ? "{}" : $$"""{"isthmus.dev/export-to":"{{exportTo}}"}""";
        Put(cluster, ResourceKind.ServiceExport with { Version = version }, ns, name, $$$"""
            {"metadata":{"generation":1,"creationTimestamp":"{{{Start.AddSeconds(seconds):yyyy-MM-ddTHH:mm:ssZ}}}","annotations":{{{annotations}}}}}
            """);
    }

    public void Service(string cluster, string ns, string name, string spec = """{"clusterIP":"10.0.0.9","ports":[{"name":"http","port":9080}]}""", params (string, string)[] labels) =>
        Put(cluster, ResourceKind.Service, ns, name, $$$"""{"spec":{{{spec}}}}""", labels);

    /// <summary>A headless Service with the label, and the pods of a StatefulSet behind it, all ready.</summary>
    public void Headless(string cluster, string ns, string name, params string[] pods)
    {
        Put(cluster, ResourceKind.Service, ns, name, """{"spec":{"clusterIP":"None","selector":{"app":"x"},"ports":[{"name":"tcp","port":3306}]}}""", ("isthmus.dev/export", "true"));
        foreach (var pod in pods)
            Put(cluster, ResourceKind.Pod, ns, pod, """{"spec":{"serviceAccountName":"db"}}""", ("app", "x"), ("statefulset.kubernetes.io/pod-name", pod));
        var endpoints = pods.Select(pod => $$$"""{"hostname":"{{{pod}}}","targetRef":{"kind":"Pod","name":"{{{pod}}}"},"conditions":{"ready":true}}""");
        Put(cluster, ResourceKind.EndpointSlice, ns, $"{name}-x", $$"""{"endpoints":[{{string.Join(',', endpoints)}}]}""", ("kubernetes.io/service-name", name));
    }

    public void Unexport(string cluster, string ns, string name) => Labels(Get(cluster, ResourceKind.Service, ns, name)).Remove("isthmus.dev/export");

    public void Pod(string cluster, string ns, string app, string account, string suffix = "1") =>
        Put(cluster, ResourceKind.Pod, ns, $"{app}-{suffix}", $$$"""{"spec":{"serviceAccountName":"{{{account}}}"}}""", ("app", app));

    public void Ready(string cluster, string ns, string service, int count) => Put(
        cluster,
        ResourceKind.EndpointSlice,
        ns,
        $"{service}-x",
        $$"""{"endpoints":[{{string.Join(',', Enumerable.Repeat(Endpoint("true"), count).Append(Endpoint("false")))}}]}""",
        ("kubernetes.io/service-name", service));

    public JsonObject Get(string cluster, ResourceKind kind, string ns, string name) => State[Id(cluster, kind, ns, name)];

    public JsonObject? Find(string cluster, ResourceKind kind, string name) => State.GetValueOrDefault(Id(cluster, kind, "isthmus-system", name));

    public JsonObject Spec(string cluster, ResourceKind kind, string name)
    {
        var found = Find(cluster, kind, name);
        Assert.NotNull(found);
        return Assert.IsType<JsonObject>(found["spec"]);
    }

    public string Corefile(string cluster) => ObjectMetadata.TextOf(Get(cluster, ResourceKind.ConfigMap, "kube-system", "coredns")["data"]?["Corefile"]) ?? "";

    public Plan Plan(params ServiceName[] names) => FederationPlanner.Plan(Mesh, Snapshot(names)).Plan;

    public Plan Run(params ServiceName[] names)
    {
        var plan = Plan(names);
        State.Apply(plan);
        return plan;
    }

    public FederationSnapshot Snapshot(params ServiceName[] names) => new()
    {
        Scope = names.Length == 0 ? FederationScope.Everything : FederationScope.Of(names),
        Now = Now,
        Clusters = Mesh.Clusters.Where(cluster => !Silent.Contains(cluster.Name.Value)).ToDictionary(cluster => cluster.Name, Look),
    };

    /// <summary>Everything that is ours, as text, to compare worlds by, but for the records of addresses at rest, which pass by themselves.</summary>
    public string Ours() => string.Join('\n', State
        .Where(entry => (Ownership.IsOurs(entry.Value, Mesh.Name) || entry.Key.Kind == ResourceKind.ConfigMap) && entry.Value.Label(FederationNames.RestingLabel) is null)
        .OrderBy(entry => entry.Key).Select(entry => $"{entry.Key.Cluster} {entry.Value.ToJsonString()}"));

    private ClusterSnapshot Look(MeshCluster cluster)
    {
        return new ClusterSnapshot
        {
            ServiceEntries = All(ResourceKind.ServiceEntry),
            DestinationRules = All(ResourceKind.DestinationRule),
            Gateways = All(ResourceKind.Gateway),
            AddressHolders = All(ResourceKind.ServiceEntry),
            RestingAddresses = [.. All(ResourceKind.ConfigMap).Where(map => map.Label(FederationNames.RestingLabel) is not null)],
            Services = All(ResourceKind.Service),
            ServiceExports = [.. All(ResourceKind.ServiceExport), .. All(ResourceKind.ServiceExport with { Version = "v1alpha1" })],
            Pods = All(ResourceKind.Pod),
            EndpointSlices = All(ResourceKind.EndpointSlice),
            ScopesGateways = Scoped.Contains(cluster.Name.Value),
            GatewayService = State.GetValueOrDefault(Id(cluster.Name.Value, ResourceKind.Service, "istio-system", "gw")),
            IstioConfigMap = State.GetValueOrDefault(Id(cluster.Name.Value, ResourceKind.ConfigMap, "istio-system", "istio")),
            DnsConfigMap = State.GetValueOrDefault(Id(cluster.Name.Value, ResourceKind.ConfigMap, "kube-system", "coredns")),
        };

        List<JsonObject> All(ResourceKind kind) =>
            [.. State.Where(entry => entry.Key.Cluster == cluster.Name && entry.Key.Kind == kind).Select(entry => entry.Value)];
    }

    private static string Endpoint(string ready) => $$$"""{"conditions":{"ready":{{{ready}}}}}""";

    private static JsonObject Labels(JsonObject obj) => Assert.IsType<JsonObject>(obj["metadata"]?["labels"]);
}
