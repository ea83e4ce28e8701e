using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.Istio;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Cli.Demo;

/// <summary>One embedded cluster of the demo, with an API client and its kubeconfig on disk.</summary>
internal sealed record DemoCluster(ClusterName Name, string Network, EmbeddedCluster Server, ClusterApi Api, string Kubeconfig)
{
    private static readonly ResourceKind Definition =
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    private static readonly Dictionary<string, ResourceKind> Kinds = new[]
    {
        ResourceKind.Namespace, ResourceKind.ConfigMap, ResourceKind.Deployment, ResourceKind.Service, ResourceKind.ServiceAccount,
    }.ToDictionary(kind => kind.Kind, StringComparer.Ordinal);

    /// <summary>Puts in what an Istio installation and a user's shop consist of, through the API as anybody would.</summary>
    public async Task FillAsync(string gatewayAddress, CancellationToken cancellationToken)
    {
        foreach (var definition in IstioDefinitions.Read())
            await Api.CreateAsync(Definition, definition, cancellationToken);
        foreach (var obj in Yaml.ReadAll(DemoAssets.Cluster(Name.Value, Network)).OfType<JsonObject>())
            await Api.CreateAsync(Kinds[ObjectMetadata.TextOf(obj["kind"]) ?? ""], obj, cancellationToken);
        await SetGatewayAddressAsync(gatewayAddress, cancellationToken);
        await SetIstiodReadyAsync(cancellationToken);
    }

    /// <summary>What a cluster's own controllers do; <c>isthmus check</c> looks for it.</summary>
    private async Task SetIstiodReadyAsync(CancellationToken cancellationToken)
    {
        var istiod = await Api.GetAsync(ResourceKind.Deployment, "istio-system", "istiod", cancellationToken)
            ?? throw new InvalidOperationException("istiod is missing.");
        istiod["status"] = new JsonObject { ["replicas"] = 1, ["readyReplicas"] = 1, ["availableReplicas"] = 1, ["updatedReplicas"] = 1 };
        await Api.ReplaceStatusAsync(ResourceKind.Deployment, istiod, cancellationToken);
    }

    /// <summary>What a cloud's controller does for a Service of type LoadBalancer.</summary>
    private async Task SetGatewayAddressAsync(string address, CancellationToken cancellationToken)
    {
        var gateway = await Api.GetAsync(ResourceKind.Service, "istio-system", "istio-eastwestgateway", cancellationToken)
            ?? throw new InvalidOperationException("The gateway's Service is missing.");
        gateway["status"] = new JsonObject
        {
            ["loadBalancer"] = new JsonObject { ["ingress"] = new JsonArray(new JsonObject { ["ip"] = address }) },
        };
        await Api.ReplaceStatusAsync(ResourceKind.Service, gateway, cancellationToken);
    }
}
