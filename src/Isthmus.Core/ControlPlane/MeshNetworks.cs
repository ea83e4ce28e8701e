using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>Tells an istiod of its networks and the gateways in front of them, in our part of <c>meshNetworks</c>.</summary>
internal static class MeshNetworks
{
    private const string Key = "meshNetworks";

    public static IEnumerable<PlannedAction> Plan(ServedGroup group, NetworkSnapshot seen)
    {
        if (!seen.Clusters.TryGetValue(group.ControlPlane.Name, out var view))
            yield break;
        if (view.MeshConfigMaps.Count == 0 && group.HasSeveralNetworks)
            yield return new PlannedAction.Skipped(Id(group, "istio"), "there is no such ConfigMap in istio-system: is istiod installed there?");
        foreach (var configMap in view.MeshConfigMaps.OrderBy(configMap => configMap.Name(), StringComparer.Ordinal))
        {
            foreach (var action in Plan(group, seen, configMap))
                yield return action;
        }
    }

    /// <summary>Whether a ConfigMap of istio-system is one that an istiod reads its mesh from.</summary>
    public static bool IsMeshConfig(JsonObject configMap) =>
        (configMap.Name() == "istio" || configMap.Name().StartsWith("istio-", StringComparison.Ordinal))
        && (configMap["data"] as JsonObject)?.ContainsKey("mesh") == true;

    private static IEnumerable<PlannedAction> Plan(ServedGroup group, NetworkSnapshot seen, JsonObject configMap)
    {
        var id = Id(group, configMap.Name());
        var text = ObjectMetadata.TextOf((configMap["data"] as JsonObject)?[Key]);
        var ours = group.HasSeveralNetworks ? Networks(group, seen, MeshNetworksText.Ours(text)) : ImmutableSortedDictionary<string, JsonObject>.Empty;
        var edit = MeshNetworksText.Write(text, ours);
        if (edit.Refusal is { } refusal)
        {
            if (group.HasSeveralNetworks)
                yield return new PlannedAction.Skipped(id, $"{Key} is left as it is: {refusal}");
            yield break;
        }

        foreach (var network in edit.Clashes)
        {
            yield return new PlannedAction.Skipped(
                id, $"{Key} has a network '{network}' of somebody else, which stays; ours would be {ours[network].ToJsonString()}");
        }

        foreach (var network in group.HasSeveralNetworks ? group.Clusters.Select(cluster => cluster.Network.Value).Distinct().Where(network => !ours.ContainsKey(network)) : [])
        {
            yield return new PlannedAction.Skipped(
                id, $"network '{network}' is left out of {Key}: none of its clusters has a gateway with an address, so other networks cannot reach it");
        }

        var content = (JsonObject)configMap.DeepClone();
        var data = (JsonObject)(content["data"] ??= new JsonObject());
        if (edit.Text is { } written)
            data[Key] = written;
        else
            data.Remove(Key);
        yield return PlanDiff.Step(id, configMap, content);
    }

    private static ImmutableSortedDictionary<string, JsonObject> Networks(
        ServedGroup group, NetworkSnapshot seen, IReadOnlyDictionary<string, JsonObject> standing)
    {
        var networks = ImmutableSortedDictionary.CreateBuilder<string, JsonObject>(StringComparer.Ordinal);
        // Behind the gateway of a cluster that is kept out the same addresses stand for other pods.
        foreach (var members in group.Clusters.Where(cluster => !seen.KeptOut.Contains(cluster.Name)).GroupBy(cluster => cluster.Network.Value))
        {
            var gateways = members.SelectMany(cluster => Gateways(cluster, seen)).ToHashSet();
            // Where a cluster is silent its gateways are not known, and those that stood are as good as any knowledge.
            if (members.Any(cluster => IsUnknown(cluster, seen)) && standing.TryGetValue(members.Key, out var before))
                gateways.UnionWith(Read(before));
            if (gateways.Count > 0)
                networks[members.Key] = Network(members, gateways.Order());
        }

        return networks.ToImmutable();
    }

    private static ImmutableArray<GatewayAddress> Gateways(MeshCluster cluster, NetworkSnapshot seen) =>
        cluster.Gateway is { } gateway && !IsUnknown(cluster, seen)
            ? GatewayAddress.ReadAll(gateway, seen.Clusters.GetValueOrDefault(cluster.Name)?.GatewayService, seen.Clusters.GetValueOrDefault(cluster.Name)?.Nodes ?? [])
            : [];

    private static bool IsUnknown(MeshCluster cluster, NetworkSnapshot seen) =>
        cluster.Gateway is { Addresses.IsEmpty: true } && !seen.Clusters.ContainsKey(cluster.Name);

    private static JsonObject Network(IEnumerable<MeshCluster> clusters, IEnumerable<GatewayAddress> gateways) => new()
    {
        ["endpoints"] = new JsonArray([.. clusters.Select(cluster => new JsonObject { ["fromRegistry"] = cluster.Name.Value })]),
        ["gateways"] = new JsonArray([.. gateways.Select(gateway => new JsonObject { ["address"] = gateway.Host, ["port"] = gateway.Port })]),
    };

    private static IEnumerable<GatewayAddress> Read(JsonObject network) =>
        (network["gateways"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(gateway => (Host: ObjectMetadata.TextOf(gateway["address"]), Port: int.TryParse(gateway["port"]?.ToJsonString(), out var port) ? port : 0))
            .Where(gateway => gateway is { Host: not null, Port: > 0 })
            .Select(gateway => new GatewayAddress(gateway.Host ?? "", gateway.Port));

    private static ObjectId Id(ServedGroup group, string name) => new(group.ControlPlane.Name, ResourceKind.ConfigMap, SystemNamespaces.Istio, name);
}
