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
internal sealed class ServiceEntryWriter(MeshDocument mesh, IReadOnlySet<GatewayAddress> down, GatewayCounts counts)
{
    private const string WithdrawnLabel = "isthmus.dev/withdrawn";

    private readonly Dictionary<ClusterName, EndpointWriter> _endpoints = [];
    private readonly Dictionary<ServiceName, ExporterFacts> _facts = [];

    public IEnumerable<DesiredObject> Write(MeshCluster importer, GlobalService service, AddressClaim claim)
    {
        var visible = service.Accepted.Where(exporter => exporter.IsVisibleTo(importer.Name)).ToList();
        if (visible.Count == 0)
            return [];
        var facts = Facts(service, visible);
        var groups = EndpointGroup.All(mesh, importer, facts.RealHost, visible, down, address => counts.Of(service.Name, address));
        if (groups.Count == 0)
            return [];
        var traffic = TrafficPlan.Of(importer, TrafficPolicy.Of(service), ServingGroups.Select(groups));
        return
        [
            new DesiredObject(
                FederationNames.ServiceEntry(importer.Name, new GlobalName(service.Name), mesh.Domain), Entry(importer, service, claim, facts, traffic)),
            new DesiredObject(
                FederationNames.DestinationRule(importer.Name, new GlobalName(service.Name), mesh.Domain), Rule(importer, service, facts, traffic)),
        ];
    }

    private JsonObject Entry(MeshCluster importer, GlobalService service, AddressClaim claim, ExporterFacts facts, TrafficPlan traffic)
    {
        var id = FederationNames.ServiceEntry(importer.Name, new GlobalName(service.Name), mesh.Domain);
        var labels = ServiceLabels(service);
        labels[FederationNames.AddressLabel] = claim.Address;
        var annotations = new JsonObject
        {
            [FederationNames.AddressClaimedAnnotation] = AddressClaim.Write(claim.Claimed),
            [FederationNames.ExportersAnnotation] = facts.Remembered,
        };
        service.Metadata.AddTo(labels, annotations);
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
                [.. ports.Select(port => (JsonNode)port.ToJson())]),
            ["endpoints"] = Endpoints(importer, ports, traffic),
        };
        if (traffic.Groups.IsEmpty)
            Withdraw(entry["spec"] as JsonObject ?? []);
        return entry;
    }

    // A name whose exporters are all withdrawn keeps its address and the memory of them; calls fail at once. It selects workloads by a
    // label that none has, because without endpoints Istio would resolve the host itself and lead clients to the virtual address.
    private static void Withdraw(JsonObject spec)
    {
        spec.Remove("endpoints");
        spec["resolution"] = "STATIC";
        spec["workloadSelector"] = new JsonObject { ["labels"] = new JsonObject { [WithdrawnLabel] = "true" } };
    }

    private JsonArray Endpoints(MeshCluster importer, ImmutableArray<ServicePort> ports, TrafficPlan traffic)
    {
        if (!_endpoints.TryGetValue(importer.Name, out var writer))
            _endpoints[importer.Name] = writer = new EndpointWriter(ServedGroup.Of(mesh, importer));
        var endpoints = new JsonArray();
        foreach (var (group, locality, weight) in traffic.Groups)
        {
            foreach (var address in group.Addresses)
            {
                var endpoint = group.IsLocal ? EndpointWriter.Own(address.Host) : writer.Behind(address, group.Network, ports);
                if (locality is not null)
                    endpoint["locality"] = locality;
                if (weight is not null)
                    endpoint["weight"] = weight;
                endpoints.Add(endpoint);
            }
        }

        return endpoints;
    }

    private JsonObject Rule(MeshCluster importer, GlobalService service, ExporterFacts facts, TrafficPlan traffic)
    {
        var id = FederationNames.DestinationRule(importer.Name, new GlobalName(service.Name), mesh.Domain);
        var rule = Ownership.NewObject(id, mesh.Name, ServiceLabels(service));
        rule["spec"] = new JsonObject
        {
            ["host"] = service.Name.GlobalHost(mesh.Domain),
            ["exportTo"] = new JsonArray("*"),
            // A port level inherits nothing, so each says everything; the SNI names the port.
            ["trafficPolicy"] = new JsonObject
            {
                ["portLevelSettings"] = new JsonArray([.. service.Accepted[0].Ports.Select(port => (JsonNode)PortPolicy(port, facts, traffic))]),
            },
        };
        return rule;
    }

    private static JsonObject PortPolicy(ServicePort port, ExporterFacts facts, TrafficPlan traffic) => new()
    {
        ["port"] = new JsonObject { ["number"] = port.Number },
        ["loadBalancer"] = traffic.LoadBalancer.DeepClone(),
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
            ["sni"] = $"outbound_.{port.Number}_._.{facts.RealHost}",
            ["subjectAltNames"] = new JsonArray([.. facts.Identities.Select(identity => (JsonNode)identity)]),
        },
    };

    // Nearly every importer sees all exporters, so it is worked out once for all of them.
    private ExporterFacts Facts(GlobalService service, List<Exporter> visible)
    {
        if (visible.Count < service.Accepted.Length)
            return FactsOf(service, visible);
        if (!_facts.TryGetValue(service.Name, out var facts))
            _facts[service.Name] = facts = FactsOf(service, visible);
        return facts;
    }

    private ExporterFacts FactsOf(GlobalService service, List<Exporter> visible) => new(
        RealHost(service.Name, visible[0].Cluster),
        Identities(service.Name, visible),
        KnownExporters.Write(visible, address => counts.Of(service.Name, address)));

    private string RealHost(ServiceName name, ClusterName exporter) =>
        $"{name.Name}.{name.Namespace}.svc.{mesh.Find(exporter)?.ClusterDomain ?? "cluster.local"}";

    private static ImmutableSortedSet<string> Identities(ServiceName name, List<Exporter> visible)
    {
        var identities = visible.SelectMany(exporter => exporter.Identities(name)).ToImmutableSortedSet(StringComparer.Ordinal);
        // An empty list would accept anyone under the root. Nothing runs yet, so the account that pods have by default stands in.
        return identities.IsEmpty ? identities.Add($"spiffe://{visible[0].TrustDomain}/ns/{name.Namespace}/sa/default") : identities;
    }

    private static JsonObject ServiceLabels(GlobalService service)
    {
        var labels = FederationNames.Labels(new GlobalName(service.Name));
        if (service.Accepted[0].IsHeadless)
            labels[FederationNames.HeadlessLabel] = "true";
        return labels;
    }

    /// <summary>What of an importer's objects follows from the exporters that it sees.</summary>
    private sealed record ExporterFacts(string RealHost, ImmutableSortedSet<string> Identities, string Remembered);
}
