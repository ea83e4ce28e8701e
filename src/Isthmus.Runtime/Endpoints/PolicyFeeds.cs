using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>What is followed of a control plane's word on traffic.</summary>
internal sealed class PolicyFeeds
{
    public required ObjectFeed<JsonObject> DestinationRules { get; init; }

    public required ObjectFeed<JsonObject> PeerAuthentications { get; init; }

    public required ObjectFeed<JsonObject> MeshConfig { get; init; }

    public IEnumerable<Feed> All => [DestinationRules, PeerAuthentications, MeshConfig];

    public ServicePolicies Policies() => new()
    {
        DestinationRules = DestinationRules.Objects,
        PeerAuthentications = PeerAuthentications.Objects,
        MeshConfig = ReadMeshConfig(MeshConfig.Only),
    };

    /// <summary>Istio's mesh config out of its ConfigMap; null where it is not there or no YAML.</summary>
    public static JsonObject? ReadMeshConfig(JsonObject? configMap)
    {
        try
        {
            return ObjectMetadata.TextOf((configMap?["data"] as JsonObject)?["mesh"]) is { } text ? Yaml.Read(text) as JsonObject : null;
        }
        catch (YamlFormatException)
        {
            // istiod keeps its last good one, which nobody else knows.
            return null;
        }
    }
}
