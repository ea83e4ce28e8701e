using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Aks;

/// <summary>What Azure Resource Manager says of an AKS cluster, as far as a mesh is concerned.</summary>
public sealed class AksCluster
{
    /// <summary>The ARM id, in Azure's own spelling; compared without regard to case.</summary>
    public required string ResourceId { get; init; }

    /// <summary>The resource's name, of which two resource groups may have the same.</summary>
    public required string Name { get; init; }

    public required string Location { get; init; }

    /// <summary>Names of tags are compared without regard to case, as Azure does.</summary>
    public required ImmutableSortedDictionary<string, string> Tags { get; init; }

    /// <summary>Running unless somebody stopped the cluster.</summary>
    public required bool IsStopped { get; init; }

    /// <summary>Azure's own word: Succeeded, Creating, Updating, Upgrading, Deleting, Failed, …; empty where it says none.</summary>
    public required string ProvisioningState { get; init; }

    /// <summary>The API server's host name inside its virtual network, where it is reached by private link alone; null where not.</summary>
    public required string? PrivateHost { get; init; }

    /// <summary>The ranges that the API server lets in; empty: all.</summary>
    public required ImmutableArray<string> AuthorizedRanges { get; init; }

    /// <summary>Whether people and identities sign in by Microsoft Entra. Without it the user credential is the administrator's.</summary>
    public required bool HasEntra { get; init; }

    /// <summary>The ranges of pods that have addresses of the cluster's own (overlay, kubenet); empty where pods have those of a subnet.</summary>
    public required ImmutableArray<IPNetwork> PodCidrs { get; init; }

    public required ImmutableArray<IPNetwork> ServiceCidrs { get; init; }

    /// <summary>The virtual network of the nodes; null where AKS made one for this cluster alone.</summary>
    public required string? VirtualNetwork { get; init; }

    /// <summary>Whether pods have addresses of the virtual network, so that others in it reach them directly.</summary>
    public required bool HasFlatPods { get; init; }

    /// <summary>Null where the answer is no AKS cluster.</summary>
    public static AksCluster? Read(JsonObject resource)
    {
        if (Text(resource, "id") is not { Length: > 0 } id || Text(resource, "name") is not { Length: > 0 } name)
            return null;
        var properties = resource["properties"] as JsonObject ?? [];
        var network = properties["networkProfile"] as JsonObject ?? [];
        var access = properties["apiServerAccessProfile"] as JsonObject ?? [];
        return new AksCluster
        {
            ResourceId = id,
            Name = name,
            Location = Text(resource, "location") ?? "",
            Tags = ReadTags(resource["tags"] as JsonObject ?? []),
            IsStopped = Is(Text(properties["powerState"] as JsonObject ?? [], "code"), "Stopped"),
            ProvisioningState = Text(properties, "provisioningState") ?? "",
            PrivateHost = Flag(access, "enablePrivateCluster") ? Text(properties, "privateFQDN") : null,
            AuthorizedRanges = [.. Texts(access["authorizedIPRanges"])],
            HasEntra = properties["aadProfile"] is JsonObject,
            PodCidrs = Ranges(network, "podCidrs", "podCidr"),
            ServiceCidrs = Ranges(network, "serviceCidrs", "serviceCidr"),
            VirtualNetwork = VirtualNetworkOf(properties),
            HasFlatPods = Is(Text(network, "networkPlugin"), "azure") && !Is(Text(network, "networkPluginMode"), "overlay"),
        };
    }

    /// <summary>What tells who finds the API server silent; null where ARM knows no reason for it.</summary>
    public string? ReasonForSilence()
    {
        if (IsStopped)
            return "it is stopped: start it by 'az aks start', or let it leave the mesh by state: leaving while it runs";
        if (ProvisioningState is "Creating" or "Deleting")
            return $"Azure is {ProvisioningState.ToLowerInvariant()} it";
        if (PrivateHost is { } host)
            return $"its API server is private: whoever runs Isthmus has to be in a virtual network that reaches it, and resolve {host}";
        return AuthorizedRanges.IsEmpty
            ? null
            : $"its API server lets in {string.Join(", ", AuthorizedRanges)} only: the address by which Isthmus goes out has to be among them (az aks update --api-server-authorized-ip-ranges)";
    }

    private static ImmutableSortedDictionary<string, string> ReadTags(JsonObject tags)
    {
        var read = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in tags)
            read[name] = ObjectMetadata.TextOf(value) ?? "";
        return read.ToImmutable();
    }

    // Agent pools of one cluster share a virtual network.
    private static string? VirtualNetworkOf(JsonObject properties)
    {
        var subnet = (properties["agentPoolProfiles"] as JsonArray ?? []).OfType<JsonObject>().Select(pool => Text(pool, "vnetSubnetID")).FirstOrDefault(id => id is not null);
        var end = subnet?.IndexOf("/subnets/", StringComparison.OrdinalIgnoreCase) ?? -1;
        return end < 0 ? null : subnet?[..end];
    }

    private static ImmutableArray<IPNetwork> Ranges(JsonObject network, string several, string one)
    {
        var texts = network[several] is JsonArray { Count: > 0 } list ? Texts(list) : Texts(new JsonArray(network[one]?.DeepClone()));
        return [.. texts.Select(text => IPNetwork.TryParse(text, out var range) ? range : (IPNetwork?)null).OfType<IPNetwork>()];
    }

    private static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(ObjectMetadata.TextOf).OfType<string>();

    private static string? Text(JsonObject fields, string name) => ObjectMetadata.TextOf(fields[name]);

    private static bool Flag(JsonObject fields, string name) => fields[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static bool Is(string? text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);
}
