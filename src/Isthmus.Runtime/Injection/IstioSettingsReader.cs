using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Injection;

/// <summary>Reads what Istio keeps about injection: its ConfigMaps, its own Deployment, ProxyConfigs, and, where it matters, nodes and namespaces.</summary>
/// <param name="controlPlane">The cluster whose istiod serves: Istio's own objects are read there only.</param>
/// <param name="workloads">The cluster of the pods.</param>
public sealed class IstioSettingsReader(ClusterApi controlPlane, ClusterApi workloads)
{
    private const string IstioNamespace = SystemNamespaces.Istio;
    private const string DefaultRevision = InjectionPolicy.DefaultRevision;

    /// <summary>Reads and parses everything of a revision or tag. What did not change since <paramref name="previous"/> is not parsed again.</summary>
    /// <exception cref="InjectionUnavailableException">A ConfigMap is missing, or a text does not parse.</exception>
    public async Task<LoadedInjection> LoadAsync(string revision, LoadedInjection? previous, CancellationToken cancellationToken)
    {
        InjectionSettingsInput input = await ReadAsync(revision, cancellationToken).ConfigureAwait(false);
        InjectionSettings settings;
        if (previous is not null && Same(previous.Input, input))
        {
            settings = previous.Settings;
        }
        else
        {
            InjectionSettingsResult result = InjectionSettings.Load(input);
            settings = result.Settings ?? throw new InjectionUnavailableException($"the injection settings of revision {input.Revision} do not parse: {string.Join("; ", result.Errors)}");
        }
        return new LoadedInjection(input, settings, await ReadFactsAsync(settings, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The annotations of one namespace, for pods of a namespace made since the last load; null where there is none.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> ReadNamespaceAsync(string name, CancellationToken cancellationToken) =>
        await workloads.GetAsync(ResourceKind.Namespace, null, name, cancellationToken).ConfigureAwait(false) is { } found ? Annotations(found) : null;

    private async Task<InjectionSettingsInput> ReadAsync(string revision, CancellationToken cancellationToken)
    {
        JsonObject? injector = await ConfigMapAsync("istio-sidecar-injector", revision, cancellationToken).ConfigureAwait(false);
        if (injector is null && await TaggedRevisionAsync(revision, cancellationToken).ConfigureAwait(false) is { } tagged)
        {
            revision = tagged;
            injector = await ConfigMapAsync("istio-sidecar-injector", revision, cancellationToken).ConfigureAwait(false);
        }
        string config = Key(injector, "istio-sidecar-injector", "config", revision);
        string values = Key(injector, "istio-sidecar-injector", "values", revision);
        JsonObject? mesh = await ConfigMapAsync("istio", revision, cancellationToken).ConfigureAwait(false);
        JsonObject? istiod = await IstiodAsync(revision, cancellationToken).ConfigureAwait(false);
        return new InjectionSettingsInput
        {
            ConfigYaml = config,
            ValuesJson = values,
            MeshYaml = Key(mesh, "istio", "mesh", revision),
            Version = IstiodDeployment.Version(istiod) ?? IstioVersionOfValues.Find(values)
                ?? throw new InjectionUnavailableException($"the Istio version of cluster {controlPlane.Cluster} is not known: neither istiod's image nor values.global.tag names one"),
            Revision = revision,
            Environment = IstiodDeployment.Environment(istiod),
        };
    }

    private async Task<ClusterFacts> ReadFactsAsync(InjectionSettings settings, CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonObject> proxyConfigs = await controlPlane.ListAsync(ResourceKind.ProxyConfig, null, null, null, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<JsonObject> nodes = settings.NeedsNodes
            ? await workloads.ListAsync(ResourceKind.Node, null, null, null, cancellationToken).ConfigureAwait(false) : [];
        IReadOnlyList<JsonObject> namespaces = settings.NeedsNamespaces
            ? await workloads.ListAsync(ResourceKind.Namespace, null, null, null, cancellationToken).ConfigureAwait(false) : [];
        return new ClusterFacts
        {
            // Istio's rule: the oldest ProxyConfig of a scope counts.
            ProxyConfigs = [.. proxyConfigs.OrderBy(found => ObjectMetadata.TextOf(found["metadata"]?["creationTimestamp"]), StringComparer.Ordinal)],
            KubeletVersions = nodes.ToDictionary(
                node => node.Name(), node => ObjectMetadata.TextOf(node["status"]?["nodeInfo"]?["kubeletVersion"]) ?? "", StringComparer.Ordinal),
            NamespaceAnnotations = namespaces.ToDictionary(found => found.Name(), Annotations, StringComparer.Ordinal),
        };
    }

    private Task<JsonObject?> ConfigMapAsync(string name, string revision, CancellationToken cancellationToken) =>
        controlPlane.GetAsync(ResourceKind.ConfigMap, IstioNamespace, Suffixed(name, revision), cancellationToken);

    /// <summary>A revision tag is a webhook configuration of Istio's that names the revision it stands for.</summary>
    private async Task<string?> TaggedRevisionAsync(string tag, CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonObject> tags = await controlPlane.ListAsync(
            ResourceKind.MutatingWebhookConfiguration, null, $"istio.io/tag={tag}", null, cancellationToken).ConfigureAwait(false);
        return tags.Select(found => found.Label("istio.io/rev")).FirstOrDefault(revision => !string.IsNullOrEmpty(revision) && revision != tag);
    }

    private async Task<JsonObject?> IstiodAsync(string revision, CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonObject> found = await controlPlane.ListAsync(ResourceKind.Deployment, IstioNamespace, "app=istiod", null, cancellationToken).ConfigureAwait(false);
        return found.FirstOrDefault(istiod => (istiod.Label("istio.io/rev") ?? DefaultRevision) == revision);
    }

    private string Key(JsonObject? configMap, string name, string key, string revision)
    {
        if (configMap is null)
            throw new InjectionUnavailableException($"cluster {controlPlane.Cluster} has no ConfigMap {IstioNamespace}/{Suffixed(name, revision)}");
        return ObjectMetadata.TextOf(configMap["data"]?[key])
            ?? throw new InjectionUnavailableException($"cluster {controlPlane.Cluster}: ConfigMap {IstioNamespace}/{Suffixed(name, revision)} has no key {key}");
    }

    private static string Suffixed(string name, string revision) => revision is "" or DefaultRevision ? name : $"{name}-{revision}";

    private static IReadOnlyDictionary<string, string> Annotations(JsonObject found) => ObjectMetadata.Strings(found["metadata"]?["annotations"] as JsonObject);

    private static bool Same(InjectionSettingsInput left, InjectionSettingsInput right) =>
        left.ConfigYaml == right.ConfigYaml && left.ValuesJson == right.ValuesJson && left.MeshYaml == right.MeshYaml
        && left.Version == right.Version && left.Revision == right.Revision
        && left.Environment.Count == right.Environment.Count
        && left.Environment.All(variable => right.Environment.TryGetValue(variable.Key, out string? value) && value == variable.Value);
}
