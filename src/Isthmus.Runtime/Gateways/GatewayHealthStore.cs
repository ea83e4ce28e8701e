using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Gateways;

/// <summary>One cluster's copy of the probes' results.</summary>
internal static class GatewayHealthStore
{
    public static Task<JsonObject?> ReadAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        var id = GatewayHealth.Id(api.Cluster);
        return api.GetAsync(id.Kind, id.Namespace, id.Name, cancellationToken);
    }
}
