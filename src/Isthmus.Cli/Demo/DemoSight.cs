using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.Tls;

namespace Isthmus.Cli.Demo;

/// <summary>Looks at the clusters through their APIs. Nothing that a function or reconciler claims is taken for seen.</summary>
internal sealed class DemoSight(DemoEnvironment environment)
{
    private const string Host = "reviews.shop.global";
    private const string RealHost = "reviews.shop.svc.cluster.local";

    private readonly Dictionary<ClusterName, string> _serials = [];

    public Task<Observation> JoinedAsync(CancellationToken cancellationToken) => EverywhereAsync(async cluster =>
    {
        var mutating = await WebhooksOfAsync(cluster, ResourceKind.MutatingWebhookConfiguration, "/inject/", cancellationToken);
        var validating = await WebhooksOfAsync(cluster, ResourceKind.ValidatingWebhookConfiguration, "/changes", cancellationToken);
        var ns = await cluster.Api.GetAsync(ResourceKind.Namespace, null, SystemNamespaces.Isthmus, cancellationToken);
        return Observation.Of(
            mutating.Count > 0 && validating.Count > 0 && ns is not null,
            $"{cluster.Name}: {mutating.Count} injection and {validating.Count} change webhooks, namespace {ns?.Name() ?? "missing"}");
    });

    public Task<Observation> TrustedAsync(CancellationToken cancellationToken) => CertificatesAsync(serials => serials.Distinct().Count() == 1, cancellationToken);

    /// <summary>The same in both clusters, under the same root, and another than before.</summary>
    public async Task<Observation> RenewedAsync(CancellationToken cancellationToken)
    {
        var before = new HashSet<string>(_serials.Values);
        return await CertificatesAsync(serials => serials.Distinct().Count() == 1 && !before.Overlaps(serials), cancellationToken);
    }

    /// <summary>Under the new root, and no other is left.</summary>
    public async Task<Observation> RotatedAsync(CancellationToken cancellationToken)
    {
        var single = await EverywhereAsync(async cluster =>
        {
            var secret = await cluster.Api.GetAsync(ResourceKind.Secret, SystemNamespaces.Istio, "cacerts", cancellationToken);
            var roots = (Pem(secret, "root-cert.pem") ?? "").Split("-----BEGIN CERTIFICATE-----").Length - 1;
            return Observation.Of(roots == 1, $"{cluster.Name}: {roots} root{(roots == 1 ? "" : "s")}, stage {secret?.Annotation("isthmus.dev/trust-stage") ?? "steady"}");
        });
        return single.And(await RenewedAsync(cancellationToken));
    }

    public Task<Observation> InjectedAsync(CancellationToken cancellationToken) => EverywhereAsync(async cluster =>
    {
        var injected = await cluster.Api.GetAsync(ResourceKind.Pod, "shop", "reviews-1", cancellationToken) ?? [];
        var plain = await cluster.Api.GetAsync(ResourceKind.Pod, "default", "reviews-1", cancellationToken) ?? [];
        var names = string.Join(", ", Names(injected, "initContainers").Concat(Names(injected, "containers")));
        var proxy = Items(injected["spec"], "containers").FirstOrDefault(container => Text(container["name"]) == "istio-proxy");
        var clusterId = EnvironmentOf(proxy, "ISTIO_META_CLUSTER_ID");
        var network = EnvironmentOf(proxy, "ISTIO_META_NETWORK");
        var holds = names == "istio-init, reviews, istio-proxy" && clusterId == cluster.Name.Value && network == cluster.Network
            && injected.Annotation("sidecar.istio.io/status") is not null && Names(plain, "containers").SequenceEqual(["reviews"]);
        return Observation.Of(
            holds,
            $"{cluster.Name}: shop/reviews-1 has {names} ({Text(proxy?["image"]) ?? "no proxy"}, cluster {clusterId ?? "none"}, network {network ?? "none"})",
            $"{cluster.Name}: default/reviews-1, not labelled, has {string.Join(", ", Names(plain, "containers"))}");
    });

    public async Task<Observation> ExportedAsync(CancellationToken cancellationToken)
    {
        var hosts = await ExportedHostsAsync(environment.Cluster("west"), cancellationToken);
        var exporter = Observation.Of(hosts.Contains(RealHost), $"west: its Gateway lists {Listed(hosts)}");
        var east = environment.Cluster("east");
        var entry = await FindAsync(east, ResourceKind.ServiceEntry, spec => Texts(spec["hosts"]).Contains(Host), cancellationToken);
        var rule = await FindAsync(east, ResourceKind.DestinationRule, spec => Text(spec["host"]) == Host, cancellationToken);
        var address = Texts(entry?["addresses"]).FirstOrDefault();
        var endpoints = Items(entry, "endpoints").Select(endpoint => $"{Text(endpoint["address"])}:{endpoint["ports"]?["http"]}").ToList();
        var sni = Items(rule?["trafficPolicy"], "portLevelSettings").Select(port => Text(port["tls"]?["sni"])).FirstOrDefault();
        var records = await RecordsAsync(east, cancellationToken);
        return exporter
            .And(Observation.Of(address is not null && endpoints.SequenceEqual(["203.0.113.20:15443"]), $"east: ServiceEntry {Host} = {address ?? "none"} by way of {Listed(endpoints)}"))
            .And(Observation.Of(sni == $"outbound_.9080_._.{RealHost}", $"east: DestinationRule with SNI {sni ?? "none"}"))
            .And(Observation.Of(address is not null && records.Contains($"{address} {Host}"), $"east: DNS holds {Listed(records)}"));
    }

    public Task<Observation> WithdrawnAsync(CancellationToken cancellationToken) => EverywhereAsync(async cluster =>
    {
        var hosts = await ExportedHostsAsync(cluster, cancellationToken);
        var entry = await FindAsync(cluster, ResourceKind.ServiceEntry, spec => Texts(spec["hosts"]).Contains(Host), cancellationToken);
        var rule = await FindAsync(cluster, ResourceKind.DestinationRule, spec => Text(spec["host"]) == Host, cancellationToken);
        var records = await RecordsAsync(cluster, cancellationToken);
        return Observation.Of(
            hosts.Count == 0 && entry is null && rule is null && records.Count == 0,
            $"{cluster.Name}: Gateway {Listed(hosts)}, ServiceEntry {(entry is null ? "gone" : "there")}, DestinationRule {(rule is null ? "gone" : "there")}, DNS {Listed(records)}");
    });

    public async Task<Observation> SettledAsync(CancellationToken cancellationToken)
    {
        var letters = environment.Events.DeadLetters.Select(letter => $"{letter.Subscription}: {letter.Reason}").ToList();
        using var client = new HttpClient(PinnedConnections.TrustOnly(environment.Authority.Pem));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(environment.Functions.Url, "/api/plan"));
        request.Headers.Add("x-functions-key", environment.Functions.Keys.Function);
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var plan = await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        var changes = Items(plan, "actions").Select(change => $"{Text(change["cluster"])} {Text(change["kind"])} {Text(change["name"])} {Text(change["action"])}").ToList();
        var failures = Items(plan, "failures").Select(failure => $"{Text(failure["cluster"])}: {Text(failure["reason"])}").ToList();
        return Observation.Of(letters.Count == 0 && environment.Events.Pending == 0, $"events pending {environment.Events.Pending}, dead letters {Listed(letters)}")
            .And(Observation.Of(changes.Count == 0 && failures.Count == 0, $"plan: changes {Listed(changes)}, failures {Listed(failures)}"));
    }

    private async Task<Observation> EverywhereAsync(Func<DemoCluster, Task<Observation>> look)
    {
        var seen = await Task.WhenAll(environment.Clusters.Select(look));
        return seen.Aggregate((all, one) => all.And(one));
    }

    private async Task<Observation> CertificatesAsync(Func<IReadOnlyList<string>, bool> areRight, CancellationToken cancellationToken)
    {
        var found = new Dictionary<ClusterName, string>();
        var seen = await EverywhereAsync(async cluster =>
        {
            var secret = await cluster.Api.GetAsync(ResourceKind.Secret, SystemNamespaces.Istio, "cacerts", cancellationToken);
            if (Pem(secret, "ca-cert.pem") is not { } pem || Pem(secret, "root-cert.pem") is not { } root)
                return Observation.Of(false, $"{cluster.Name}: no cacerts");
            using var certificate = X509Certificate2.CreateFromPem(pem);
            using var anchor = X509Certificate2.CreateFromPem(root);
            lock (found)
                found[cluster.Name] = certificate.SerialNumber;
            var sameRoot = anchor.ExportCertificatePem() == environment.MeshAuthority.RootPem;
            return Observation.Of(sameRoot, $"{cluster.Name}: cacerts holds '{certificate.Subject}', serial {certificate.SerialNumber[..12]}, under the mesh's root: {sameRoot}");
        });
        var right = seen.Holds && areRight([.. found.Values]);
        if (!right)
            return seen with { Holds = false };
        foreach (var (cluster, serial) in found)
            _serials[cluster] = serial;
        return seen;
    }

    private static async Task<IReadOnlyList<string>> WebhooksOfAsync(DemoCluster cluster, ResourceKind kind, string path, CancellationToken cancellationToken) =>
    [
        .. (await cluster.Api.ListAsync(kind, null, null, null, cancellationToken))
            .SelectMany(configuration => Items(configuration, "webhooks"))
            .Where(webhook => Text(webhook["clientConfig"]?["url"])?.Contains(path, StringComparison.Ordinal) == true)
            .Select(webhook => Text(webhook["name"]) ?? "")
    ];

    private static async Task<IReadOnlyList<string>> ExportedHostsAsync(DemoCluster cluster, CancellationToken cancellationToken) =>
    [
        .. (await cluster.Api.ListAsync(ResourceKind.Gateway, SystemNamespaces.Isthmus, null, null, cancellationToken))
            .SelectMany(gateway => Items(gateway["spec"], "servers"))
            .SelectMany(server => Texts(server["hosts"]))
            // Istio's form NAMESPACE/HOST limits who may answer for the host.
            .Select(host => host[(host.IndexOf('/', StringComparison.Ordinal) + 1)..])
            .Order(StringComparer.Ordinal)
    ];

    private static async Task<JsonNode?> FindAsync(DemoCluster cluster, ResourceKind kind, Func<JsonNode, bool> matches, CancellationToken cancellationToken) =>
        (await cluster.Api.ListAsync(kind, null, null, null, cancellationToken)).Select(obj => obj["spec"]).FirstOrDefault(spec => spec is not null && matches(spec));

    /// <summary>The lines of cluster DNS's hosts file that name the service, with single blanks.</summary>
    private static async Task<IReadOnlyList<string>> RecordsAsync(DemoCluster cluster, CancellationToken cancellationToken)
    {
        var config = await cluster.Api.GetAsync(ResourceKind.ConfigMap, "kube-system", "coredns", cancellationToken);
        return
        [
            .. ObjectMetadata.Strings(config?["data"] as JsonObject).Values
                .SelectMany(text => text.Split('\n'))
                .Select(line => string.Join(' ', line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)))
                .Where(line => line.Split(' ').Skip(1).Contains(Host))
        ];
    }

    private static string? Pem(JsonObject? secret, string key) =>
        Text(secret?["data"]?[key]) is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : null;

    private static IEnumerable<string> Names(JsonObject pod, string list) => Items(pod["spec"], list).Select(container => Text(container["name"]) ?? "");

    private static string? EnvironmentOf(JsonObject? container, string name) =>
        Text(Items(container, "env").FirstOrDefault(variable => Text(variable["name"]) == name)?["value"]);

    private static IEnumerable<JsonObject> Items(JsonNode? parent, string list) => ((parent as JsonObject)?[list] as JsonArray ?? []).OfType<JsonObject>();

    private static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(Text).OfType<string>();

    private static string? Text(JsonNode? node) => ObjectMetadata.TextOf(node);

    private static string Listed(IReadOnlyCollection<string> items) => items.Count == 0 ? "none" : string.Join(", ", items);
}
