using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>
/// Each client cluster towards each server cluster of a mesh that mixes the modes: what is written for the pair, and which way requests go,
/// worked out by Istio's rules from what is written alone, as istiod has nothing else.
/// </summary>
public sealed class MixedPairsTests
{
    private static readonly string[] Entries =
    [
        "name: east, network: n1, dns: coredns, gateway: {addresses: [20.0.0.1]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
        "name: west, network: n1, dns: coredns, controlPlane: east, gateway: {addresses: [20.0.0.2]}, podCidrs: [10.2.0.0/16], serviceCidrs: [10.102.0.0/16]",
        "name: north, network: n3, dns: coredns, controlPlane: east, gateway: {addresses: [20.0.0.3]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
        "name: south, network: n4, dns: coredns, gateway: {addresses: [20.0.0.4]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
    ];

    private static readonly Dictionary<string, (string ControlPlane, string Network, string Pod, string Gateway)> Clusters = new(StringComparer.Ordinal)
    {
        ["east"] = ("east", "n1", "10.1.0.7", "20.0.0.1:15443"),
        ["west"] = ("east", "n1", "10.2.0.7", "20.0.0.2:15443"),
        ["north"] = ("east", "n3", "10.1.0.7", "20.0.0.3:15443"),
        ["south"] = ("south", "n4", "10.1.0.7", "20.0.0.4:15443"),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_twelve_pairs_go_the_way_of_their_row()
    {
        await using var mesh = await ServedMesh.StartAsync(Entries);
        foreach (var cluster in Clusters.Keys)
        {
            await mesh.CreateAsync(cluster, ResourceKind.Namespace, "{metadata: {name: shop}}");
            await mesh.CreateAsync(cluster, ResourceKind.ConfigMap, "{metadata: {name: coredns, namespace: kube-system}, data: {Corefile: \".:53 {\\n}\\n\"}}");
            await mesh.ServeAsync(cluster, $"of-{cluster}", isExported: true);
        }

        await mesh.RunAsync();

        var pairs = 0;
        foreach (var client in Clusters.Keys)
        {
            foreach (var server in Clusters.Keys.Where(server => server != client))
            {
                pairs++;
                var mode = Clusters[client].ControlPlane != Clusters[server].ControlPlane ? MeshMode.SeveralControlPlanes
                    : Clusters[client].Network == Clusters[server].Network ? MeshMode.FlatNetwork : MeshMode.ClusterAwareRouting;
                var expected = mode switch
                {
                    MeshMode.FlatNetwork => $"{Clusters[server].Pod}:8080",
                    // A network's gateways stand for all of its clusters.
                    MeshMode.ClusterAwareRouting => string.Join(' ', Clusters.Values.Where(other => other.Network == Clusters[server].Network).Select(other => other.Gateway)),
                    _ => Clusters[server].Gateway,
                };
                Assert.Equal($"{client} to {server}: {expected}", $"{client} to {server}: {await WayAsync(mesh, client, server, mode)}");
                Assert.Equal($"{client} to {server}: {Written(mode)}", $"{client} to {server}: {await WrittenAsync(mesh, client, server)}");
            }
        }

        Assert.Equal(12, pairs);
    }

    /// <summary>What the design's row says is kept in place for a pair.</summary>
    private static string Written(MeshMode mode) => mode == MeshMode.SeveralControlPlanes
        ? "ServiceEntry DestinationRule .global"
        : "read by istiod, name.namespace .global";

    /// <summary>What is there for a client of one cluster that wants a service of another.</summary>
    private static async Task<string> WrittenAsync(ServedMesh mesh, string client, string server)
    {
        var (controlPlane, name) = (Clusters[client].ControlPlane, $"of-{server}");
        var found = new List<string>();
        if (Clusters[server].ControlPlane == server ? controlPlane == server : await mesh.KubeconfigAsync(controlPlane, server) is not null)
            found.Add("read by istiod,");
        if (await mesh.FindAsync(client, ResourceKind.Service, "shop", name) is { } mirror)
        {
            Assert.Equal(server, mirror.Annotation("isthmus.dev/mirror-of"));
            found.Add("name.namespace");
        }

        // What a control plane sees by itself needs no entry for the clients of its own; it has one for the global name.
        var entry = await mesh.FindAsync(controlPlane, ResourceKind.ServiceEntry, "isthmus-system", $"{name}.shop.global");
        if (entry is not null && Clusters[server].ControlPlane != controlPlane)
            found.Add("ServiceEntry");
        if (await mesh.FindAsync(controlPlane, ResourceKind.DestinationRule, "isthmus-system", $"{name}.shop.global") is not null && Clusters[server].ControlPlane != controlPlane)
            found.Add("DestinationRule");
        var corefile = ObjectMetadata.TextOf((await mesh.FindAsync(client, ResourceKind.ConfigMap, "kube-system", "coredns"))?["data"]?["Corefile"]) ?? "";
        if (corefile.Contains($"{name}.shop.global", StringComparison.Ordinal))
            found.Add(".global");
        // The server's side lets it in, wherever the client comes from.
        var gateways = await mesh.Api(Clusters[server].ControlPlane).ListAsync(ResourceKind.Gateway, "isthmus-system", null, null, Cancel);
        Assert.Contains(gateways, gateway => gateway.ToJsonString().Contains($"\"{name}.shop.svc.cluster.local\"", StringComparison.Ordinal));
        Assert.DoesNotContain(gateways, gateway => gateway.ToJsonString().Contains("*.local", StringComparison.Ordinal));
        return string.Join(' ', found);
    }

    /// <summary>Where a sidecar of the client's cluster sends a request for the server's service.</summary>
    private static async Task<string> WayAsync(ServedMesh mesh, string client, string server, MeshMode mode)
    {
        var controlPlane = Clusters[client].ControlPlane;
        var proxy = new EndpointProxy { Cluster = client, Network = await InjectedNetworkAsync(mesh, client) };
        var isGlobal = mode == MeshMode.SeveralControlPlanes;
        var name = new EnvoyClusterName(80, "", isGlobal ? $"of-{server}.shop.global" : $"of-{server}.shop.svc.cluster.local", false);
        var endpoints = isGlobal ? await EntryAsync(mesh, controlPlane, name.Host) : [await PodAsync(mesh, server)];
        var query = new EndpointQuery { Cluster = name, Mtls = new MtlsPolicy(name, null, [], "istio-system"), Compatibility = Compatibility.Istio };
        var routes = SplitHorizon.Explain(query, endpoints, new GatewayTable(await GatewaysAsync(mesh, controlPlane)), proxy);
        return string.Join(' ', routes.Zip(endpoints).Select(pair => pair.First.Kind switch
        {
            RouteKind.Direct => $"{pair.Second.Address}:{pair.Second.Port}",
            RouteKind.Gateway => string.Join(' ', pair.First.Gateways?.Gateways ?? []),
            _ => $"nowhere: {pair.First.Reason.Describe()}",
        }));
    }

    /// <summary>The network that the injection webhook of a cluster gives its sidecars.</summary>
    private static async Task<string> InjectedNetworkAsync(ServedMesh mesh, string cluster)
    {
        var webhook = await mesh.FindAsync(cluster, ResourceKind.MutatingWebhookConfiguration, null, "isthmus-injector");
        var url = ObjectMetadata.TextOf(webhook?["webhooks"]?[0]?["clientConfig"]?["url"]) ?? "";
        Assert.Contains($"/inject/cluster/{cluster}/net/", url, StringComparison.Ordinal);
        return url[(url.LastIndexOf('/') + 1)..];
    }

    /// <summary>A pod as istiod sees it: its network is that of its cluster's root namespace.</summary>
    private static async Task<MeshEndpoint> PodAsync(ServedMesh mesh, string cluster) => new()
    {
        Address = Clusters[cluster].Pod,
        Port = 8080,
        Cluster = cluster,
        Network = (await mesh.FindAsync(cluster, ResourceKind.Namespace, null, "istio-system"))?.Label("topology.istio.io/network") ?? "",
        TlsMode = MeshEndpoint.IstioTls,
    };

    private static async Task<IReadOnlyList<MeshEndpoint>> EntryAsync(ServedMesh mesh, string controlPlane, string host)
    {
        var entry = await mesh.FindAsync(controlPlane, ResourceKind.ServiceEntry, "isthmus-system", host);
        return [.. Assert.IsType<JsonArray>(entry?["spec"]?["endpoints"]).OfType<JsonObject>().Select(endpoint => new MeshEndpoint
        {
            Address = ObjectMetadata.TextOf(endpoint["address"]) ?? "",
            Port = Number(Assert.Single(Assert.IsType<JsonObject>(endpoint["ports"])).Value),
            Network = ObjectMetadata.TextOf(endpoint["network"]) ?? "",
            TlsMode = ObjectMetadata.TextOf(endpoint["labels"]?["security.istio.io/tlsMode"]) ?? "",
        })];
    }

    /// <summary>The gateways that istiod is told of, each for the whole of its network.</summary>
    private static async Task<IEnumerable<NetworkGateway>> GatewaysAsync(ServedMesh mesh, string controlPlane) =>
        (Yaml.Read(await mesh.MeshNetworksAsync(controlPlane))?["networks"] as JsonObject ?? []).SelectMany(network =>
            Assert.IsType<JsonArray>(network.Value?["gateways"]).OfType<JsonObject>().Select(gateway =>
                new NetworkGateway(network.Key, "", ObjectMetadata.TextOf(gateway["address"]) ?? "", Number(gateway["port"]))));

    // As an int or a long, by who made it.
    private static int Number(JsonNode? node) => int.Parse(node?.ToJsonString() ?? "", CultureInfo.InvariantCulture);
}
