using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.Injection;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Tests.Trust;

namespace Isthmus.Core.Tests.Checks;

/// <summary>A mesh of two clusters with nothing wrong, for tests to spoil one thing in.</summary>
internal static class CheckWorld
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly ClusterName East = new("east");
    public static readonly ClusterName West = new("west");

    public static MeshDocument Mesh(Func<string, string>? change = null)
    {
        var text = """
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test}
            spec:
              mayExport: [shop]
              clusters:
              - {name: east, network: n-east, access: {kubeconfig: east.yaml}, gateway: {addresses: [10.255.0.1]}}
              - {name: west, network: n-west, access: {kubeconfig: west.yaml}, gateway: {addresses: [10.255.0.2]}}
            """;
        var result = MeshDocument.Parse(change is null ? text : change(text));
        return result.Document ?? throw new InvalidOperationException(string.Join("; ", result.Errors));
    }

    private static readonly TestAuthority Authority = new("root", Now);

    public static ClusterCheckSnapshot Good { get; } = new()
    {
        CaSecret = CaSecret(Authority, Now.AddYears(1)),
        DnsConfigMap = Read("{kind: ConfigMap, metadata: {name: coredns, namespace: kube-system}, data: {Corefile: \".:53 {\\n    errors\\n    reload\\n}\\n\"}}"),
        Exported = [Read("{kind: Service, metadata: {name: reviews, namespace: shop}, spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}}")],
        Pods = [Pod("reviews-1", "istio-proxy")],
        Objects = new Dictionary<string, IReadOnlyList<JsonObject>>
        {
            ["mutatingwebhookconfigurations"] =
            [
                Read("{metadata: {name: istio-sidecar-injector}, webhooks: [{name: namespace.sidecar-injector.istio.io}]}"),
            ],
        },
        Answer = new ServerAnswer("v1.33.1", Now, Now.AddMilliseconds(490), TimeSpan.FromMilliseconds(20)),
        Istiods = [Istiod(new IstioVersion(1, 27, 0))],
    };

    public static SeenIstiod Istiod(IstioVersion? version) => new("istiod", "default", version, 1, new Dictionary<string, string>(), null);

    public static JsonObject Read(string yaml) => Yaml.Read(yaml) as JsonObject ?? throw new InvalidOperationException(yaml);

    public static JsonObject Pod(string name, string container) =>
        Read($"{{metadata: {{name: {name}, namespace: shop, labels: {{app: reviews}}}}, spec: {{containers: [{{name: app}}, {{name: {container}}}]}}, status: {{phase: Running}}}}");

    public static JsonObject CaSecret(TestAuthority authority, DateTimeOffset ends)
    {
        var secret = Read("{kind: Secret, metadata: {name: cacerts, namespace: istio-system}, data: {}}");
        secret["data"] = new JsonObject
        {
            ["ca-cert.pem"] = Base64(authority.Sign("intermediate", Now.AddDays(-1), ends).Cert),
            ["root-cert.pem"] = Base64(authority.RootPem),
        };
        return secret;

        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A good cluster with one more object.</summary>
    public static ClusterCheckSnapshot With(string plural, string yaml) => Good with
    {
        Objects = new Dictionary<string, IReadOnlyList<JsonObject>>(Good.Objects) { [plural] = [.. Good.All(plural), Read(yaml)] },
    };

    /// <summary>A good cluster whose injection webhook calls an address.</summary>
    private static ClusterCheckSnapshot Injected(ClusterCheckSnapshot seen, ClusterName cluster) =>
        seen.All(Webhooks).Any(webhook => webhook.Name() == "isthmus-injector") || seen.All(Webhooks).Count == 0 ? seen : seen with
        {
            Objects = new Dictionary<string, IReadOnlyList<JsonObject>>(seen.Objects) { [Webhooks] = [.. seen.All(Webhooks), Injector(cluster.Value, $"n-{cluster}")] },
        };

    public static JsonObject Injector(string cluster, string network) => Read(
        $"{{metadata: {{name: isthmus-injector}}, webhooks: [{{name: a, clientConfig: {{url: \"https://f/api/clusters/{cluster}/token/inject/cluster/{cluster}/net/{network}\"}}}}]}}");

    private const string Webhooks = "mutatingwebhookconfigurations";

    /// <summary>The findings where east is as given and west is good.</summary>
    public static IReadOnlyList<CheckFinding> Find(ClusterCheckSnapshot east, MeshDocument? mesh = null) =>
        MeshChecks.Run(new CheckSnapshot(mesh ?? Mesh(), new Dictionary<ClusterName, ClusterCheckSnapshot> { [West] = Injected(Good, West), [East] = Injected(east, East) }, Now));

    /// <summary>What is wrong with east.</summary>
    public static IReadOnlyList<CheckFinding> Problems(ClusterCheckSnapshot east, MeshDocument? mesh = null) =>
        [.. Find(east, mesh).Where(finding => finding.Severity != CheckSeverity.Ok)];
}
