using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>The labels and annotations that users and we put on exported Services and on what we make of them.</summary>
public static class FederationNames
{
    /// <summary>On a Service, by its user: <c>"true"</c> exports it.</summary>
    public const string ExportLabel = "isthmus.dev/export";

    /// <summary>On a Service that a ServiceExport exports, by us: what <see cref="ExportLabel"/> would do, for webhooks and EndpointSlices to see.</summary>
    public const string ExportedLabel = "isthmus.dev/exported";

    /// <summary>On a Service or ServiceExport, by its user: the clusters that may import it, comma-separated; all where absent.</summary>
    public const string ExportToAnnotation = "isthmus.dev/export-to";

    /// <summary>On a Service, by its user: <c>keep</c>, <c>withdraw</c> or <c>withdraw-if-elsewhere</c> (the default) when its gateway or endpoints are lost.</summary>
    public const string OnLossAnnotation = "isthmus.dev/on-loss";

    /// <summary>On a Service, by its user: <c>proportional</c> (the default), <c>failover</c> or <c>active-passive</c>.</summary>
    public const string TrafficAnnotation = "isthmus.dev/traffic";

    /// <summary>On a Service, by its user: the clusters that serve first under <c>active-passive</c>, comma-separated; else the oldest export.</summary>
    public const string PrimaryAnnotation = "isthmus.dev/primary";

    /// <summary>On an exported Service, by us: since when it is exported.</summary>
    public const string ExportedSinceAnnotation = "isthmus.dev/exported-since";

    /// <summary>On an exported Service, by us: the address of its global name. It stays when the name is withdrawn.</summary>
    public const string AddressAnnotation = "isthmus.dev/virtual-address";

    /// <summary>On an exported Service and on ServiceEntries, by us: when the address was claimed.</summary>
    public const string AddressClaimedAnnotation = "isthmus.dev/address-claimed";

    /// <summary>On a Service that asks to be exported, by us: why it is not, or with whom it disagrees.</summary>
    public const string ProblemAnnotation = "isthmus.dev/export-problem";

    /// <summary>On the objects of a headless service's own name: that its pods may have some too.</summary>
    public const string HeadlessLabel = "isthmus.dev/headless";

    /// <summary>On the objects of a pod's name: the pod.</summary>
    public const string PodLabel = "isthmus.dev/pod";

    /// <summary>On the DestinationRule of an exporter's gateway that tells the pods of a headless service apart.</summary>
    public const string SubsetsLabel = "isthmus.dev/subsets";

    /// <summary>On the record of an address that was freed a short while ago.</summary>
    public const string RestingLabel = "isthmus.dev/resting";

    /// <summary>On a ServiceEntry: its virtual address, to find holders by.</summary>
    public const string AddressLabel = "isthmus.dev/address";

    /// <summary>On a ServiceEntry: what each exporter offered when it was last seen, so that its silence withdraws nothing.</summary>
    public const string ExportersAnnotation = "isthmus.dev/exporters";

    private const string GatewayPrefix = "isthmus-exports-";

    /// <summary>The versions of ServiceExport that are read, the preferred one first.</summary>
    public static readonly ImmutableArray<string> ServiceExportVersions = ["v1beta1", "v1alpha1"];

    /// <summary>Whether a Service asks to be exported by its label. One that is going does not any more.</summary>
    public static bool IsExported(JsonObject service) => service.Label(ExportLabel) == "true" && !service.IsTerminating();

    public static ServiceName NameOf(JsonObject service) => new(service.NamespaceName() ?? "", service.Name());

    /// <summary>The labels by which our objects tell which name they are for.</summary>
    public static JsonObject Labels(GlobalName name)
    {
        var labels = new JsonObject { [KnownExporters.NamespaceLabel] = name.Service.Namespace, [KnownExporters.ServiceLabel] = name.Service.Name };
        if (name.Pod is { } pod)
            labels[PodLabel] = pod;
        return labels;
    }

    // A name with dots, because reviews-shop could be two services: hyphens are allowed in either part.
    public static ObjectId ServiceEntry(ClusterName cluster, GlobalName name, string domain) =>
        new(cluster, ResourceKind.ServiceEntry, SystemNamespaces.Isthmus, name.Host(domain));

    public static ObjectId DestinationRule(ClusterName cluster, GlobalName name, string domain) =>
        new(cluster, ResourceKind.DestinationRule, SystemNamespaces.Isthmus, name.Host(domain));

    /// <summary>The exporter's subsets of a headless service, in the namespace of the gateway.</summary>
    public static ObjectId PodSubsets(ClusterName cluster, string gatewayNamespace, ServiceName service) =>
        new(cluster, ResourceKind.DestinationRule, gatewayNamespace, $"isthmus-pods.{service.Name}.{service.Namespace}");

    /// <summary>One Gateway for each exporting namespace, so that one event's cost does not grow with all exports.</summary>
    public static ObjectId Gateway(ClusterName cluster, string exportingNamespace) =>
        new(cluster, ResourceKind.Gateway, SystemNamespaces.Isthmus, LabelNames.Fit(GatewayPrefix + exportingNamespace));
}
