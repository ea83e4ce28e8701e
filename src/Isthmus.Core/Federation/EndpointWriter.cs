using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Writes the endpoints of a global name, whether it stands for a whole service or for one of its pods.</summary>
internal sealed class EndpointWriter(ServedGroup importers)
{
    private const string TlsModeLabel = "security.istio.io/tlsMode";

    /// <summary>A name of the importer's own, which its sidecars reach directly.</summary>
    public static JsonObject Own(string host) => new() { ["address"] = host, ["labels"] = new JsonObject { [TlsModeLabel] = "istio" } };

    /// <summary>A gateway in front of another control plane's network.</summary>
    public JsonObject Behind(GatewayAddress address, NetworkName network, ImmutableArray<ServicePort> ports)
    {
        var endpoint = Own(address.Host);
        endpoint["ports"] = new JsonObject(ports.Select(port => KeyValuePair.Create(port.Name, (JsonNode?)address.Port)));
        // Without one istiod takes them for its own network's, and hides them from its other networks behind that one's gateway.
        // A network that it knows no gateway of is reached directly from everywhere.
        if (importers.HasSeveralNetworks)
            endpoint["network"] = importers.Clusters.Any(cluster => cluster.Network == network) ? $"{network}-elsewhere" : network.Value;
        return endpoint;
    }
}
