using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>Istio's mesh configuration: the ConfigMap's text on istiod's defaults. Immutable; templates read it as <c>.MeshConfig</c>.</summary>
public sealed class MeshConfig : IGoObject
{
    private readonly ProtoMessage _message;

    private MeshConfig(ProtoMessage message, IstioVersion version)
    {
        (_message, Version) = (message, version);
        DefaultProxy = MeshDefaults.ProxyConfig(version);
        Proxy = message.Child("defaultConfig");
        EffectiveDefault = new ProxyConfig(ProxyConfigMerge.Overlay(DefaultProxy, Proxy), DefaultProxy);
    }

    /// <summary>The version whose defaults apply.</summary>
    public IstioVersion Version { get; }

    /// <summary>Namespace of mesh-wide objects.</summary>
    public string RootNamespace => _message.Text("rootNamespace");

    /// <summary>Port on which the agent answers for the proxy, of the default proxy config.</summary>
    public long StatusPort => Proxy.Integer("statusPort");

    /// <summary>Whether Prometheus annotations are merged; null where it is not said.</summary>
    public bool? EnablePrometheusMerge => _message.Flag("enablePrometheusMerge");

    /// <summary>Whether inbound traffic goes to localhost rather than to the pod's own address.</summary>
    public bool InboundTrafficPolicyLocalhost => _message.Child("inboundTrafficPolicy").EnumName("mode") == "LOCALHOST";

    /// <summary>Whether some OpenTelemetry provider wants resource attributes by OpenTelemetry's conventions.</summary>
    public bool HasOtelSemanticConventions => _message.List("extensionProviders").OfType<ProtoMessage>()
        .Any(provider => provider.Message("opentelemetry")?.EnumName("serviceAttributeEnrichment") == "OTEL_SEMANTIC_CONVENTIONS");

    string IGoObject.GoType => _message.GoType;

    /// <summary>istiod's built-in proxy configuration.</summary>
    internal ProtoMessage DefaultProxy { get; }

    /// <summary>defaultConfig, merged on the built-in one.</summary>
    internal ProtoMessage Proxy { get; }

    /// <summary>The configuration of a pod to which nothing but the mesh's own settings applies.</summary>
    internal ProxyConfig EffectiveDefault { get; }

    /// <summary>Reads the key <c>mesh</c> of Istio's ConfigMap.</summary>
    /// <exception cref="FormatException">It is no YAML, does not fit, or is not valid.</exception>
    public static MeshConfig Load(string meshYaml, IstioVersion version) => TryLoad(meshYaml, version, out MeshConfig config, out string error) ? config : throw new FormatException(error);

    /// <summary>Reads the key <c>mesh</c> of Istio's ConfigMap; false with the reason where istiod would refuse it, and then istiod's defaults.</summary>
    public static bool TryLoad(string meshYaml, IstioVersion version, out MeshConfig config, out string error)
    {
        ProtoMessage defaults = MeshDefaults.MeshConfig(version);
        config = new MeshConfig(defaults, version);
        try
        {
            ProtoMessage merged = Merge(defaults, Yaml.Read(meshYaml, lastKeyWins: true));
            error = MeshConfigRules.MeshError(merged) ?? "";
            if (error.Length == 0)
                config = new MeshConfig(merged, version);
        }
        catch (FormatException problem)
        {
            error = $"failed to convert to proto. {problem.Message}";
        }
        return error.Length == 0;
    }

    /// <summary>Why a value of annotation proxy.istio.io/config is refused; null where it is good. The empty text is.</summary>
    public string? ProxyConfigAnnotationError(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        try
        {
            return MeshConfigRules.ProxyError(ProxyConfigMerge.Overlay(DefaultProxy, Yaml.Read(yaml, lastKeyWins: true)));
        }
        catch (FormatException problem)
        {
            return $"failed to convert to apply proxy config: {problem.Message}";
        }
    }

    /// <summary>Whether app containers wait for the proxy: defaultConfig with the pod's annotation applied. An unreadable annotation does not count.</summary>
    public bool HoldApplicationUntilProxyStarts(string? annotation)
    {
        ProtoMessage proxy = TryAnnotation(annotation, out JsonNode? document) ? TryOverlay(Proxy, document) : Proxy;
        return proxy.Flag("holdApplicationUntilProxyStarts") ?? false;
    }

    /// <inheritdoc/>
    public bool TryGetField(string name, out object? value) => _message.TryGetField(name, out value);

    /// <inheritdoc/>
    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result) => _message.TryCallMethod(name, args, out result);

    internal static bool TryAnnotation(string? annotation, out JsonNode? document)
    {
        document = null;
        if (annotation is null)
            return false;
        try
        {
            document = Yaml.Read(annotation, lastKeyWins: true);
            return document is not null;
        }
        catch (FormatException)
        {
            // Istio's rule: validation refuses the pod before; whoever reads on goes without the annotation.
            return false;
        }
    }

    internal static ProtoMessage TryOverlay(ProtoMessage proxy, JsonNode? document)
    {
        try
        {
            return ProxyConfigMerge.Overlay(proxy, document);
        }
        catch (ProtoFormatException)
        {
            // As in TryAnnotation.
            return proxy;
        }
    }

    /// <summary>ApplyMeshConfig of Istio: fields replace; four of them merge.</summary>
    private static ProtoMessage Merge(ProtoMessage defaults, JsonNode? document)
    {
        ProtoMessage merged = defaults.Overlay(ProtoJson.Fields(document, ProtoTypes.MeshConfig));
        // Istio takes these two out of the document by their camelCase name only.
        ProtoMessage proxy = ProxyConfigMerge.Overlay(defaults.Child("defaultConfig"), document?["defaultConfig"]);
        ProtoMessage providers = defaults.Child("defaultProviders").Overlay(ProtoJson.Fields(document?["defaultProviders"], merged.Type["defaultProviders"].Type));
        return merged
            .With("defaultConfig", proxy)
            .With("defaultProviders", providers)
            .With("extensionProviders", ExtensionProviders(defaults.List("extensionProviders"), merged.List("extensionProviders")))
            .With("trustDomainAliases", defaults.List("trustDomainAliases").Concat(merged.List("trustDomainAliases")).Cast<string>().Distinct().Order(GoOrder.Strings).ToList());
    }

    private static List<object> ExtensionProviders(IReadOnlyList<object> below, IReadOnlyList<object> above)
    {
        List<object> result = [.. below];
        foreach (ProtoMessage provider in above.OfType<ProtoMessage>())
        {
            int at = result.FindIndex(other => other is ProtoMessage message && message.Text("name") == provider.Text("name"));
            if (at < 0)
                result.Add(provider);
            else
                result[at] = provider;
        }
        return result;
    }
}
