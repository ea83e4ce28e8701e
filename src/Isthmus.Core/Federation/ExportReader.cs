using System.Collections.Immutable;
using System.Globalization;
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
    private readonly ILookup<(string, string), JsonObject> _slicesByService;
    private readonly PodsBehind _pods;
    private readonly ImmutableArray<GatewayAddress> _gateways;

    public ExportReader(MeshCluster cluster, ClusterSnapshot seen, string trustDomain, DateTimeOffset now)
    {
        _cluster = cluster;
        _trustDomain = trustDomain;
        _seen = seen;
        _now = now;
        _pods = new PodsBehind(seen.Pods);
        _slicesByService = seen.EndpointSlices.ToLookup(slice => (slice.NamespaceName() ?? "", slice.Label("kubernetes.io/service-name") ?? ""));
        _gateways = cluster.Gateway is null ? [] : GatewayAddress.ReadAll(cluster.Gateway, seen.GatewayService, seen.Nodes);
    }

    public IEnumerable<SeenExport> ReadAll()
    {
        var services = ByName(_seen.Services);
        var declarations = ByName(_seen.ServiceExports);
        var names = services.Where(entry => FederationNames.IsExported(entry.Value)).Select(entry => entry.Key).Concat(declarations.Keys);
        foreach (var name in names.Distinct().Order())
            yield return Read(new SeenExport(_cluster, name, services.GetValueOrDefault(name), declarations.GetValueOrDefault(name)));
    }

    private static Dictionary<ServiceName, JsonObject> ByName(IEnumerable<JsonObject> objects)
    {
        var byName = new Dictionary<ServiceName, JsonObject>();
        // What is going is not there any more.
        foreach (var obj in objects.Where(obj => !obj.IsTerminating()))
            byName[FederationNames.NameOf(obj)] = obj;
        return byName;
    }

    private SeenExport Read(SeenExport asked)
    {
        if (asked.Service is not { } service)
            return asked with { Refusal = NotAllowed(asked.Name.Namespace) ?? new ExportFault("NoService", $"there is no Service {asked.Name} yet") };
        var ports = ServicePort.ReadAll(service);
        return Refusal(service, ports) is { } refusal
            ? asked with { Refusal = refusal }
            : asked with { Exporter = Offer(asked, service, ports), Notes = [.. Notes(service, Pods(asked.Name, service)), .. ExportedMetadata.Faults(asked.Declaration)] };
    }

    private ExportFault? NotAllowed(string ns)
    {
        if (SystemNamespaces.IsSystem(ns))
            return new ExportFault(ExportFaults.NotAllowed, $"nothing is exported from {ns}, which is the system's");
        return _cluster.AllowsExportFrom(ns)
            ? null
            : new ExportFault(ExportFaults.NotAllowed, $"the mesh document does not let {_cluster.Name} export from namespace {ns}: add it to mayExport");
    }

    private ExportFault? Refusal(JsonObject service, ImmutableArray<ServicePort> ports)
    {
        var spec = service["spec"] as JsonObject;
        if (NotAllowed(service.NamespaceName() ?? "") is { } notAllowed)
            return notAllowed;
        if (ObjectMetadata.TextOf(spec?["type"]) == "ExternalName")
            return new ExportFault("InvalidServiceType", "a Service of type ExternalName has nothing behind the gateway: export the Service that it stands for, where that one is");
        return ports.IsEmpty ? new ExportFault("NoTcpPort", "the Service has no TCP port, and a gateway that routes by SNI passes nothing else") : null;
    }

    private static bool IsHeadless(JsonObject service) => ObjectMetadata.TextOf((service["spec"] as JsonObject)?["clusterIP"]) == "None";

    private (ImmutableArray<ExportedPod> Named, ImmutableArray<string> Unnamed) Pods(ServiceName name, JsonObject service) =>
        IsHeadless(service) ? _pods.Named(name.Namespace, _slicesByService[(name.Namespace, name.Name)]) : ([], []);

    private static IEnumerable<ExportFault> Notes(JsonObject service, (ImmutableArray<ExportedPod>, ImmutableArray<string> Unnamed) pods)
    {
        if (!pods.Unnamed.IsEmpty)
        {
            yield return new ExportFault(
                "PodsWithoutName",
                $"pods {string.Join(", ", pods.Unnamed)} get no names of their own in other clusters: only a StatefulSet's carry the label {PodsBehind.PodNameLabel}, by which a gateway tells them apart");
        }

        var leftOut = ServicePort.LeftOut(service);
        if (!leftOut.IsEmpty)
            yield return new ExportFault("PortsLeftOut", $"left out: port {string.Join(", ", leftOut)}, since a gateway that routes by SNI passes TCP only");
        if (PodsBehind.Selector(service).Count == 0)
        {
            yield return new ExportFault(
                "NoSelector",
                "the Service has no selector: only endpoints that speak Istio's mutual TLS themselves are reached through the gateway, which adds none");
        }
    }

    private Exporter Offer(SeenExport asked, JsonObject service, ImmutableArray<ServicePort> ports)
    {
        var slices = _slicesByService[(asked.Name.Namespace, asked.Name.Name)].ToList();
        return new Exporter
        {
            Cluster = _cluster.Name,
            Since = Since(asked, service),
            Ports = ports,
            ClusterDomain = _cluster.ClusterDomain,
            IsHeadless = IsHeadless(service),
            Pods = Pods(asked.Name, service).Named,
            Gateways = _gateways,
            ServiceAccounts = _pods.Accounts(service, slices),
            TrustDomain = _trustDomain,
            Ready = slices.Sum(EndpointSlices.Ready),
            Policy = ExportPolicy.Read(service),
            Metadata = asked.Declaration is null ? null : ExportedMetadata.Of(asked.Declaration),
            ExportTo = (asked.Declaration?.Annotation(FederationNames.ExportToAnnotation) ?? service.Annotation(FederationNames.ExportToAnnotation))?
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToImmutableSortedSet(StringComparer.Ordinal),
        };
    }

    /// <summary>When the export began: the ServiceExport's creation, or what we noted when the label was first seen; the earlier of both.</summary>
    private DateTimeOffset Since(SeenExport asked, JsonObject service)
    {
        var labelled = asked.IsLabelled ? AddressClaim.ReadTime(service.Annotation(FederationNames.ExportedSinceAnnotation)) ?? _now : DateTimeOffset.MaxValue;
        var declared = asked.Declaration is { } declaration ? Created(declaration) ?? _now : DateTimeOffset.MaxValue;
        return labelled < declared ? labelled : declared;
    }

    private static DateTimeOffset? Created(JsonObject obj) =>
        DateTimeOffset.TryParse(
            ObjectMetadata.TextOf((obj["metadata"] as JsonObject)?["creationTimestamp"]),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time) ? time : null;
}
