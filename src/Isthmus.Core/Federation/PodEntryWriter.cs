using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>
/// Writes what leads to single pods of a headless service: at importers a ServiceEntry and DestinationRule for each pod's own name, at the
/// exporter the subsets by which its gateway tells them apart.
/// </summary>
internal sealed class PodEntryWriter(MeshDocument mesh)
{
    /// <summary>The objects of one importer, each with the name that it is for.</summary>
    public IEnumerable<(GlobalName Name, DesiredObject Object)> Write(
        MeshCluster importer, GlobalService service, IReadOnlyDictionary<GlobalName, AddressClaim> claims)
    {
        foreach (var (pod, owner) in service.PodOwners.Where(entry => entry.Value.IsVisibleTo(importer.Name)))
        {
            var name = new GlobalName(service.Name, pod.Name);
            if (!claims.TryGetValue(name, out var claim) || mesh.Find(owner.Cluster) is not { } cluster)
                continue;
            var realHost = service.Name.ClusterHost(cluster);
            // The importer's own pods are reached directly, all others behind their cluster's gateway.
            var writer = new EndpointWriter(ServedGroup.Of(mesh, importer));
            ImmutableArray<JsonObject> endpoints = cluster.ControlPlane == importer.Name
                ? [EndpointWriter.Own($"{pod.Name}.{realHost}")]
                : [.. EndpointGroup.Reachable(importer, owner.Gateways).Select(address => writer.Behind(address, cluster.Network, owner.Ports))];
            if (endpoints.IsEmpty)
                continue;
            yield return (name, Entry(importer, name, claim, owner, endpoints));
            yield return (name, Rule(importer, name, owner, $"spiffe://{owner.TrustDomain}/ns/{service.Name.Namespace}/sa/{pod.Account}", realHost));
        }
    }

    /// <summary>
    /// The subsets at a control plane's gateways: in the gateway's namespace and visible there only, since elsewhere they would stand
    /// against the users' own rules for the service.
    /// </summary>
    public IEnumerable<DesiredObject> Subsets(MeshCluster controlPlane, GlobalService service) => service.PodOwners
        .Select(entry => (Pod: entry.Key.Name, Cluster: mesh.Find(entry.Value.Cluster)))
        .Where(entry => entry.Cluster is { Gateway: not null } cluster && cluster.ControlPlane == controlPlane.Name)
        .GroupBy(entry => (Namespace: entry.Cluster?.Gateway?.Service?.Namespace ?? SystemNamespaces.Istio, Host: service.Name.ClusterHost(entry.Cluster ?? controlPlane)), entry => entry.Pod)
        .Select(pods => Subsets(controlPlane, service.Name, pods.Key.Namespace, pods.Key.Host, pods));

    private DesiredObject Subsets(MeshCluster controlPlane, ServiceName service, string ns, string host, IEnumerable<string> pods)
    {
        var id = FederationNames.PodSubsets(controlPlane.Name, ns, service);
        var labels = FederationNames.Labels(new GlobalName(service));
        labels[FederationNames.SubsetsLabel] = "true";
        var rule = Ownership.NewObject(id, mesh.Name, labels);
        rule["spec"] = new JsonObject
        {
            ["host"] = host,
            ["exportTo"] = new JsonArray("."),
            ["subsets"] = new JsonArray(
                [.. pods.Order(StringComparer.Ordinal).Select(pod => (JsonNode)new JsonObject { ["name"] = pod, ["labels"] = new JsonObject { [PodsBehind.PodNameLabel] = pod } })]),
        };
        return new DesiredObject(id, rule);
    }

    private DesiredObject Entry(MeshCluster importer, GlobalName name, AddressClaim claim, Exporter owner, ImmutableArray<JsonObject> endpoints)
    {
        var id = FederationNames.ServiceEntry(importer.Name, name, mesh.Domain);
        var labels = FederationNames.Labels(name);
        labels[FederationNames.AddressLabel] = claim.Address;
        var entry = Ownership.NewObject(id, mesh.Name, labels, new JsonObject { [FederationNames.AddressClaimedAnnotation] = AddressClaim.Write(claim.Claimed) });
        entry["spec"] = new JsonObject
        {
            ["hosts"] = new JsonArray(id.Name),
            ["addresses"] = new JsonArray(claim.Address),
            ["exportTo"] = new JsonArray("*"),
            ["location"] = "MESH_INTERNAL",
            ["resolution"] = "DNS",
            ["ports"] = new JsonArray([.. owner.Ports.Select(port => (JsonNode)port.ToJson())]),
            ["endpoints"] = new JsonArray([.. endpoints]),
        };
        return new DesiredObject(id, entry);
    }

    private DesiredObject Rule(MeshCluster importer, GlobalName name, Exporter owner, string identity, string realHost)
    {
        var id = FederationNames.DestinationRule(importer.Name, name, mesh.Domain);
        var rule = Ownership.NewObject(id, mesh.Name, FederationNames.Labels(name));
        rule["spec"] = new JsonObject
        {
            ["host"] = id.Name,
            ["exportTo"] = new JsonArray("*"),
            ["trafficPolicy"] = new JsonObject
            {
                // No outlier detection: there is one pod only, and to eject it would be to refuse every call.
                ["portLevelSettings"] = new JsonArray([.. owner.Ports.Select(port => (JsonNode)new JsonObject
                {
                    ["port"] = new JsonObject { ["number"] = port.Number },
                    ["tls"] = new JsonObject
                    {
                        ["mode"] = "ISTIO_MUTUAL",
                        ["sni"] = $"outbound_.{port.Number}_.{name.Pod}_.{realHost}",
                        ["subjectAltNames"] = new JsonArray(identity),
                    },
                })]),
            },
        };
        return new DesiredObject(id, rule);
    }
}
