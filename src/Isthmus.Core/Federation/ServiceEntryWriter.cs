using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>
/// Writes the two objects by which a control plane's clusters reach a global name. The name lives at the client only: the
/// DestinationRule sends the SNI of the real service, so the exporter's gateway needs no ServiceEntry and nothing can loop.
/// </summary>
internal sealed class ServiceEntryWriter(MeshDocument mesh)
{
    private const string TlsModeLabel = "security.istio.io/tlsMode";

    public IEnumerable<DesiredObject> Write(MeshCluster importer, GlobalService service, AddressClaim claim)
    {
        var visible = service.Accepted.Where(exporter => exporter.IsVisibleTo(importer.Name)).ToList();
        if (visible.Count == 0)
            return [];
        var realHost = RealHost(service.Name, visible[0].Cluster);
        var groups = Groups(importer, realHost, visible);
        if (groups.Count == 0)
            return [];
        return
        [
            new DesiredObject(
                FederationNames.ServiceEntry(importer.Name, service.Name, mesh.Domain), Entry(importer, service, claim, visible, groups)),
            new DesiredObject(
                FederationNames.DestinationRule(importer.Name, service.Name, mesh.Domain), Rule(importer, service, realHost, visible)),
        ];
    }

    private JsonObject Entry(MeshCluster importer, GlobalService service, AddressClaim claim, IEnumerable<Exporter> visible, IReadOnlyList<Group> groups)
    {
        var id = FederationNames.ServiceEntry(importer.Name, service.Name, mesh.Domain);
        var labels = ServiceLabels(service.Name);
        labels[FederationNames.AddressLabel] = claim.Address;
        var annotations = new JsonObject
        {
            [FederationNames.AddressClaimedAnnotation] = AddressClaim.Write(claim.Claimed),
            [FederationNames.ExportersAnnotation] = KnownExporters.Write(visible),
        };
        var ports = service.Accepted[0].Ports;
        var entry = Ownership.NewObject(id, mesh.Name, labels, annotations);
        entry["spec"] = new JsonObject
        {
            ["hosts"] = new JsonArray(service.Name.GlobalHost(mesh.Domain)),
            ["addresses"] = new JsonArray(claim.Address),
            ["exportTo"] = new JsonArray("*"),
            ["location"] = "MESH_INTERNAL",
            // DNS takes addresses and host names alike; STATIC refuses names.
            ["resolution"] = "DNS",
            ["ports"] = new JsonArray(
                [.. ports.Select(port => (JsonNode)new JsonObject { ["number"] = port.Number, ["name"] = port.Name, ["protocol"] = port.Protocol })]),
            ["endpoints"] = Endpoints(importer, ports, groups),
        };
        return entry;
    }

    private JsonArray Endpoints(MeshCluster importer, ImmutableArray<ServicePort> ports, IReadOnlyList<Group> groups)
    {
        var own = ServedGroup.Of(mesh, importer);
        var weights = EndpointWeights.For([.. groups.Select(group => (group.Ready, group.Addresses.Length))]);
        var isWeighted = weights.Where(weight => weight > 0).Distinct().Count() > 1;
        var endpoints = new JsonArray();
        foreach (var (group, weight) in groups.Zip(weights).Where(pair => pair.Second > 0))
        {
            foreach (var address in group.Addresses)
            {
                var endpoint = new JsonObject { ["address"] = address.Host, ["labels"] = new JsonObject { [TlsModeLabel] = "istio" } };
                if (!group.IsLocal)
                    endpoint["ports"] = new JsonObject(ports.Select(port => KeyValuePair.Create(port.Name, (JsonNode?)address.Port)));
                // Without one istiod takes them for its own network's, and hides them from its other networks behind that one's gateway.
                // A network that it knows no gateway of is reached directly from everywhere.
                if (!group.IsLocal && own.HasSeveralNetworks)
                    endpoint["network"] = own.Clusters.Any(cluster => cluster.Network == group.Network) ? $"{group.Network}-elsewhere" : group.Network.Value;
                if (group.Locality is not null)
                    endpoint["locality"] = group.Locality;
                if (isWeighted)
                    endpoint["weight"] = weight;
                endpoints.Add(endpoint);
            }
        }

        return endpoints;
    }

    /// <summary>An exporter is a (control plane, network): endpoints of a flat network count once. The importer's own are reached directly.</summary>
    private List<Group> Groups(MeshCluster importer, string realHost, IEnumerable<Exporter> visible)
    {
        var groups = visible
            .Select(exporter => (Exporter: exporter, Cluster: mesh.Find(exporter.Cluster)))
            .Where(pair => pair.Cluster is not null)
            .GroupBy(pair => pair.Cluster is { } cluster && cluster.ControlPlane != importer.Name ? (cluster.ControlPlane, cluster.Network) : (importer.Name, default))
            .Select(members => Group.Of(importer, realHost, [.. members.Select(pair => (pair.Exporter, pair.Cluster ?? importer))]))
            .Where(group => !group.Addresses.IsEmpty)
            .OrderBy(group => !group.IsLocal).ThenBy(group => group.Addresses[0])
            .ToList();
        // A draining cluster, or one without ready endpoints, serves only while nobody else does.
        groups = Preferred(groups, group => !group.IsDraining);
        return Preferred(groups, group => group.Ready > 0);
    }

    private static List<Group> Preferred(List<Group> groups, Predicate<Group> isPreferred) =>
        groups.Exists(isPreferred) ? groups.FindAll(isPreferred) : groups;

    private JsonObject Rule(MeshCluster importer, GlobalService service, string realHost, IReadOnlyList<Exporter> visible)
    {
        var id = FederationNames.DestinationRule(importer.Name, service.Name, mesh.Domain);
        var identities = Identities(service.Name, visible);
        var rule = Ownership.NewObject(id, mesh.Name, ServiceLabels(service.Name));
        rule["spec"] = new JsonObject
        {
            ["host"] = service.Name.GlobalHost(mesh.Domain),
            ["exportTo"] = new JsonArray("*"),
            // A port level inherits nothing, so each says everything; the SNI names the port.
            ["trafficPolicy"] = new JsonObject
            {
                ["portLevelSettings"] = new JsonArray([.. service.Accepted[0].Ports.Select(port => (JsonNode)PortPolicy(port, realHost, identities))]),
            },
        };
        return rule;
    }

    private static JsonObject PortPolicy(ServicePort port, string realHost, IEnumerable<string> identities) => new()
    {
        ["port"] = new JsonObject { ["number"] = port.Number },
        // Without it Envoy never leaves a failed gateway: endpoints behind DNS are not health-checked by Kubernetes.
        ["outlierDetection"] = new JsonObject
        {
            ["consecutive5xxErrors"] = 5,
            ["interval"] = "10s",
            ["baseEjectionTime"] = "30s",
            ["maxEjectionPercent"] = 100,
        },
        ["tls"] = new JsonObject
        {
            ["mode"] = "ISTIO_MUTUAL",
            ["sni"] = $"outbound_.{port.Number}_._.{realHost}",
            ["subjectAltNames"] = new JsonArray([.. identities.Select(identity => (JsonNode)identity)]),
        },
    };

    private string RealHost(ServiceName name, ClusterName exporter) =>
        $"{name.Name}.{name.Namespace}.svc.{mesh.Find(exporter)?.ClusterDomain ?? "cluster.local"}";

    private static ImmutableSortedSet<string> Identities(ServiceName name, IReadOnlyList<Exporter> visible)
    {
        var identities = visible.SelectMany(exporter => exporter.Identities(name)).ToImmutableSortedSet(StringComparer.Ordinal);
        // An empty list would accept anyone under the root. Nothing runs yet, so the account that pods have by default stands in.
        return identities.IsEmpty ? identities.Add($"spiffe://{visible[0].TrustDomain}/ns/{name.Namespace}/sa/default") : identities;
    }

    private static JsonObject ServiceLabels(ServiceName name) =>
        new() { [KnownExporters.NamespaceLabel] = name.Namespace, [KnownExporters.ServiceLabel] = name.Name };

    private sealed record Group(bool IsLocal, ImmutableArray<GatewayAddress> Addresses, int Ready, string? Locality, bool IsDraining, NetworkName Network)
    {
        public static Group Of(MeshCluster importer, string realHost, IReadOnlyList<(Exporter Exporter, MeshCluster Cluster)> members)
        {
            var isLocal = members[0].Cluster.ControlPlane == importer.Name;
            var ready = members.Sum(member => member.Exporter.Ready);
            var isDraining = members.All(member => member.Cluster.Draining);
            if (isLocal)
                return new Group(true, [new GatewayAddress(realHost, 0)], ready, importer.Locality, isDraining, importer.Network);
            var addresses = members.SelectMany(member => member.Exporter.Gateways).Distinct().Order().ToImmutableArray();
            return new Group(false, addresses, ready, members[0].Cluster.Locality, isDraining, members[0].Cluster.Network);
        }
    }
}
