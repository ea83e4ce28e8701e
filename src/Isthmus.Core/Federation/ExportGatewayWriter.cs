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
internal sealed class ExportGatewayWriter(MeshDocument mesh, MeshCluster controlPlane, IReadOnlyList<JsonObject> gateways)
{
    private const string AutoPassthrough = "AUTO_PASSTHROUGH";

    /// <param name="hostsByNamespace">The exported services' cluster-internal names, for each namespace in scope.</param>
    /// <param name="selector">The labels of the gateway's pods.</param>
    public (IReadOnlyList<DesiredObject> Desired, IReadOnlyList<PlannedAction> Skipped) Write(
        IReadOnlyDictionary<string, ImmutableSortedSet<string>> hostsByNamespace, ImmutableSortedDictionary<string, string> selector)
    {
        var foreign = gateways.Where(gateway => !Ownership.IsOurs(gateway, mesh.Name) && Overlaps(gateway, selector)).ToList();
        var foreignHosts = foreign.SelectMany(PassthroughHosts).ToHashSet(StringComparer.Ordinal);
        var desired = new List<DesiredObject>();
        var skipped = new List<PlannedAction>();
        foreach (var (ns, hosts) in hostsByNamespace.Where(entry => !entry.Value.IsEmpty))
        {
            var id = FederationNames.Gateway(controlPlane.Name, ns);
            var open = foreignHosts.FirstOrDefault(host => IsWildcardOver(host, hosts));
            var left = hosts.Except(foreignHosts);
            // Two servers with one host on one port: Istio drops a whole server, so ours steps back.
            if (open is not null)
                skipped.Add(new PlannedAction.Skipped(id, $"another Gateway on port {MeshGateway.DefaultPort} lists {open}: it exposes everything, exported or not"));
            else if (!left.IsEmpty)
                desired.Add(new DesiredObject(id, Gateway(id, ns, left, selector)));
        }

        return (desired, skipped);
    }

    /// <summary>The hosts that one of our Gateways lists now.</summary>
    public static IEnumerable<string> PassthroughHosts(JsonObject gateway) =>
        Servers(gateway).Where(IsPassthrough)
            .SelectMany(server => server["hosts"] as JsonArray ?? [])
            .Select(ObjectMetadata.TextOf).OfType<string>()
            // A host may carry the namespace it is visible to: ns/host.
            .Select(host => host[(host.IndexOf('/', StringComparison.Ordinal) + 1)..]);

    private JsonObject Gateway(ObjectId id, string ns, IEnumerable<string> hosts, ImmutableSortedDictionary<string, string> selector)
    {
        var gateway = Ownership.NewObject(id, mesh.Name, new JsonObject { [KnownExporters.NamespaceLabel] = ns });
        gateway["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject(selector.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["servers"] = new JsonArray(new JsonObject
            {
                ["port"] = new JsonObject { ["number"] = MeshGateway.DefaultPort, ["name"] = $"tls-isthmus-{ns}", ["protocol"] = "TLS" },
                ["tls"] = new JsonObject { ["mode"] = AutoPassthrough },
                ["hosts"] = new JsonArray([.. hosts.Select(host => (JsonNode)host)]),
            }),
        };
        return gateway;
    }

    private static bool IsWildcardOver(string host, IEnumerable<string> hosts) =>
        host == "*" || (host.StartsWith("*.", StringComparison.Ordinal) && hosts.Any(ours => ours.EndsWith(host[1..], StringComparison.Ordinal)));

    /// <summary>Two selectors may choose the same pods when one holds the other.</summary>
    private static bool Overlaps(JsonObject gateway, ImmutableSortedDictionary<string, string> selector)
    {
        var other = ObjectMetadata.Strings((gateway["spec"] as JsonObject)?["selector"] as JsonObject);
        return Servers(gateway).Any(IsPassthrough)
            && (other.All(label => selector.GetValueOrDefault(label.Key) == label.Value)
                || selector.All(label => other.GetValueOrDefault(label.Key) == label.Value));
    }

    private static IEnumerable<JsonObject> Servers(JsonObject gateway) =>
        ((gateway["spec"] as JsonObject)?["servers"] as JsonArray ?? []).OfType<JsonObject>();

    private static bool IsPassthrough(JsonObject server) =>
        ObjectMetadata.TextOf((server["tls"] as JsonObject)?["mode"]) == AutoPassthrough
        && (server["port"] as JsonObject)?["number"] is JsonValue value && value.TryGetValue<int>(out var port) && port == MeshGateway.DefaultPort;
}
