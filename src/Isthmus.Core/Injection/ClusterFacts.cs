using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>What injection looks at in a cluster beside its settings; each part may be absent where the settings do not need it.</summary>
public sealed record ClusterFacts
{
    public static ClusterFacts None { get; } = new();

    /// <summary>Kubelet version by node name (<c>status.nodeInfo.kubeletVersion</c>), for native sidecars set to auto.</summary>
    public IReadOnlyDictionary<string, string> KubeletVersions { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations by namespace, for OpenShift's ranges of user ids.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> NamespaceAnnotations { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>ProxyConfig resources of all namespaces, oldest first.</summary>
    public IReadOnlyList<JsonObject> ProxyConfigs { get; init; } = [];
}
