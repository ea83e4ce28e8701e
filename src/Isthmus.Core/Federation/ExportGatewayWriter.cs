using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>
/// The Gateways of a control plane: one for each exporting namespace, listing exactly its exported services. What is not
/// listed gets no filter chain, so it cannot be reached from outside.
/// </summary>
internal sealed class ExportGatewayWriter(MeshDocument mesh, MeshCluster controlPlane, GatewayPlace place, IReadOnlyList<JsonObject> gateways)
{
    private const string AutoPassthrough = "AUTO_PASSTHROUGH";

    /// <param name="hostsByNamespace">The exported services' cluster-internal names, for each namespace in scope.</param>
    public (IReadOnlyList<DesiredObject> Desired, IReadOnlyList<PlannedAction> Skipped) Write(IReadOnlyDictionary<string, ImmutableSortedSet<string>> hostsByNamespace)
    {
        var servers = gateways.Where(gateway => !Ownership.IsOurs(gateway, mesh.Name) && SelectsTheSame(gateway))
            .SelectMany(Servers, (gateway, server) => new ForeignServer(gateway, server)).Where(server => place.Ports.Contains(server.Port))
            .OrderBy(server => server.Name, StringComparer.Ordinal).ToList();
        var desired = new List<DesiredObject>();
        var skipped = new List<PlannedAction>();
        foreach (var (ns, hosts) in hostsByNamespace.Where(entry => !entry.Value.IsEmpty))
        {
            var id = FederationNames.Gateway(controlPlane.Name, ns) with { Namespace = place.Namespace };
            var problems = Problems(servers, hosts).ToList();
            skipped.AddRange(problems.Select(problem => new PlannedAction.Skipped(id, problem)));
            var isOpen = servers.Exists(server => server.IsPassthrough && server.Hosts.Any(host => IsWildcardOver(host, hosts)));
            // Two servers with one host on one port: Istio drops a whole server, so ours steps back.
            var left = hosts.Except(servers.Where(server => server.IsTls).SelectMany(server => server.Hosts));
            if (!isOpen && !left.IsEmpty)
                desired.Add(new DesiredObject(id, Gateway(id, ns, left)));
        }

        return (desired, skipped);
    }

    /// <summary>The hosts that one of our Gateways lists now.</summary>
    public static IEnumerable<string> PassthroughHosts(JsonObject gateway) =>
        Servers(gateway).Select(server => new ForeignServer(gateway, server)).Where(server => server.IsPassthrough).SelectMany(server => server.Hosts);

    private IEnumerable<string> Problems(List<ForeignServer> servers, ImmutableSortedSet<string> hosts)
    {
        foreach (var server in servers)
        {
            var taken = server.Hosts.Where(hosts.Contains).Order(StringComparer.Ordinal).ToList();
            if (!server.IsTls)
                yield return $"Gateway {server.Name} speaks {server.Protocol} on port {server.Port} of the same pods: Istio serves only the older of the two";
            else if (server.IsPassthrough && server.Hosts.FirstOrDefault(host => IsWildcardOver(host, hosts)) is { } open)
                yield return $"another Gateway on port {place.Ports[0]} ({server.Name}) lists {open}: it exposes everything, exported or not";
            else if (taken.Count > 0)
                yield return $"Gateway {server.Name} lists {string.Join(", ", taken)} on the same port already, so ours leaves {(taken.Count == 1 ? "it" : "them")} out: Istio would drop a whole server";
        }
    }

    private JsonObject Gateway(ObjectId id, string ns, IEnumerable<string> hosts)
    {
        var gateway = Ownership.NewObject(id, mesh.Name, new JsonObject { [KnownExporters.NamespaceLabel] = ns });
        gateway["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject(place.Selector.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["servers"] = new JsonArray(new JsonObject
            {
                ["port"] = new JsonObject { ["number"] = place.Ports[0], ["name"] = $"tls-isthmus-{ns}", ["protocol"] = "TLS" },
                ["tls"] = new JsonObject { ["mode"] = AutoPassthrough },
                ["hosts"] = new JsonArray([.. hosts.Select(host => (JsonNode)host)]),
            }),
        };
        return gateway;
    }

    private static bool IsWildcardOver(string host, IEnumerable<string> hosts) =>
        host == "*" || (host.StartsWith("*.", StringComparison.Ordinal) && hosts.Any(ours => ours.EndsWith(host[1..], StringComparison.Ordinal)));

    /// <summary>Two selectors may choose the same pods when one holds the other; what the gateway's Service selects by counts too.</summary>
    private bool SelectsTheSame(JsonObject gateway)
    {
        // Where istiod scopes them, Gateways of other namespaces select nothing here.
        if (place.IsScoped && gateway.NamespaceName() != place.Namespace)
            return false;
        var other = ObjectMetadata.Strings((gateway["spec"] as JsonObject)?["selector"] as JsonObject);
        return other.All(label => place.PodLabels.GetValueOrDefault(label.Key) == label.Value)
            || place.Selector.All(label => other.GetValueOrDefault(label.Key) == label.Value);
    }

    private static IEnumerable<JsonObject> Servers(JsonObject gateway) =>
        ((gateway["spec"] as JsonObject)?["servers"] as JsonArray ?? []).OfType<JsonObject>();

    private sealed record ForeignServer(JsonObject Gateway, JsonObject Server)
    {
        public string Name => $"{Gateway.NamespaceName()}/{Gateway.Name()}";

        public int Port => (Server["port"] as JsonObject)?["number"] is JsonValue value && value.TryGetValue<int>(out var port) ? port : 0;

        public string Protocol => (ObjectMetadata.TextOf((Server["port"] as JsonObject)?["protocol"]) ?? "").ToUpperInvariant();

        /// <summary>Whether Istio routes it by SNI beside ours.</summary>
        public bool IsTls => Protocol is "TLS" or "HTTPS";

        public bool IsPassthrough => ObjectMetadata.TextOf((Server["tls"] as JsonObject)?["mode"]) == AutoPassthrough;

        /// <summary>A host may carry the namespace it is visible to: ns/host.</summary>
        public IEnumerable<string> Hosts => (Server["hosts"] as JsonArray ?? []).Select(ObjectMetadata.TextOf).OfType<string>()
            .Select(host => host[(host.IndexOf('/', StringComparison.Ordinal) + 1)..]);
    }
}
