using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Reads which services a cluster exports, and why others that ask for it are refused.</summary>
internal sealed class ExportReader
{
    private readonly MeshCluster _cluster;
    private readonly ClusterSnapshot _seen;
    private readonly string _trustDomain;
    private readonly DateTimeOffset _now;
    private readonly ILookup<string, JsonObject> _podsByNamespace;
    private readonly ILookup<(string, string), JsonObject> _slicesByService;
    private readonly ImmutableArray<GatewayAddress> _gateways;

    public ExportReader(MeshCluster cluster, ClusterSnapshot seen, string trustDomain, DateTimeOffset now)
    {
        _cluster = cluster;
        _trustDomain = trustDomain;
        _seen = seen;
        _now = now;
        _podsByNamespace = seen.Pods.ToLookup(pod => pod.NamespaceName() ?? "");
        _slicesByService = seen.EndpointSlices.ToLookup(slice => (slice.NamespaceName() ?? "", slice.Label("kubernetes.io/service-name") ?? ""));
        _gateways = cluster.Gateway is null ? [] : GatewayAddress.ReadAll(cluster.Gateway, seen.GatewayService, seen.Nodes);
    }

    public IEnumerable<(JsonObject Service, Exporter? Exporter, string? Refusal)> ReadAll()
    {
        foreach (var service in _seen.Services.Where(FederationNames.IsExported))
        {
            var ports = ServicePort.ReadAll(service);
            var refusal = Refusal(service, ports);
            yield return (service, refusal is null ? Read(service, ports) : null, refusal);
        }
    }

    private string? Refusal(JsonObject service, ImmutableArray<ServicePort> ports)
    {
        var spec = service["spec"] as JsonObject;
        var ns = service.NamespaceName() ?? "";
        if (SystemNamespaces.IsSystem(ns))
            return $"nothing is exported from {ns}";
        if (!_cluster.AllowsExportFrom(ns))
            return $"the mesh document does not let {_cluster.Name} export from namespace {ns} (mayExport)";
        if (ObjectMetadata.TextOf(spec?["type"]) == "ExternalName")
            return "a Service of type ExternalName has nothing behind the gateway";
        if (ObjectMetadata.TextOf(spec?["clusterIP"]) == "None")
            return "headless Services are not exported";
        return ports.IsEmpty ? "the Service has no TCP port" : null;
    }

    private Exporter Read(JsonObject service, ImmutableArray<ServicePort> ports) => new()
    {
        Cluster = _cluster.Name,
        Since = AddressClaim.ReadTime(service.Annotation(FederationNames.ExportedSinceAnnotation)) ?? _now,
        Ports = ports,
        Gateways = _gateways,
        ServiceAccounts = Accounts(service),
        TrustDomain = _trustDomain,
        Ready = _slicesByService[(service.NamespaceName() ?? "", service.Name())].Sum(EndpointSlices.Ready),
        Policy = ExportPolicy.Read(service),
        ExportTo = service.Annotation(FederationNames.ExportToAnnotation)?
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToImmutableSortedSet(StringComparer.Ordinal),
    };

    private ImmutableSortedSet<string> Accounts(JsonObject service)
    {
        var selector = ObjectMetadata.Strings((service["spec"] as JsonObject)?["selector"] as JsonObject);
        if (selector.Count == 0)
            return [];
        return _podsByNamespace[service.NamespaceName() ?? ""]
            .Where(pod => IsAlive(pod) && IsSelected(pod, selector))
            .Select(pod => ObjectMetadata.TextOf((pod["spec"] as JsonObject)?["serviceAccountName"]) ?? "default")
            .ToImmutableSortedSet(StringComparer.Ordinal);
    }

    private static bool IsAlive(JsonObject pod) => ObjectMetadata.TextOf((pod["status"] as JsonObject)?["phase"]) is not ("Succeeded" or "Failed");

    private static bool IsSelected(JsonObject pod, IReadOnlyDictionary<string, string> selector)
    {
        foreach (var (key, value) in selector)
        {
            if (pod.Label(key) != value)
                return false;
        }

        return true;
    }
}
