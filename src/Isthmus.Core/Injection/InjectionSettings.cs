using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Injection.Mesh;
using Isthmus.Core.Injection.Templates;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Injection;

/// <summary>
/// Everything that one revision of a control plane says about injection, parsed as a whole. Immutable but for bounded caches of rendered
/// templates and injected pods, and safe to use from many threads.
/// </summary>
public sealed class InjectionSettings
{
    private readonly IReadOnlyDictionary<string, string> _environment;

    internal InjectionSettings(InjectionSettingsInput input, MeshConfig mesh, JsonObject values)
    {
        (Version, Features, Revision) = (input.Version, IstioFeatures.Of(input.Version), input.Revision);
        (_environment, Mesh, Values) = (input.Environment, mesh, values);
        TemplateValues = JsonValues.Convert(values);
        var global = values.Object("global");
        ClusterName = global.Object("multiCluster").Text("clusterName") ?? "";
        Network = global.Text("network") ?? "";
        HoldApplication = global.Object("proxy").Flag("holdApplicationUntilProxyStarts") == true;
        RewriteAppHttpProbe = values.Object("sidecarInjectorWebhook").Flag("rewriteAppHTTPProbe") == true;
    }

    public IstioVersion Version { get; }

    public IstioFeatures Features { get; }

    public string Revision { get; }

    internal MeshConfig Mesh { get; }

    internal JsonObject Values { get; }

    /// <summary>The same for templates: converted once, where each look into JSON would convert again.</summary>
    internal object? TemplateValues { get; }

    /// <summary><c>enabled</c> or <c>disabled</c>; with any other nothing is injected.</summary>
    internal string Policy { get; init; } = "";

    internal IReadOnlyList<string> DefaultTemplates { get; init; } = [];

    internal IReadOnlyDictionary<string, Template> Templates { get; init; } = new Dictionary<string, Template>();

    internal IReadOnlyDictionary<string, IReadOnlyList<string>> Aliases { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    internal IReadOnlyList<LabelSelector> NeverInjectSelectors { get; init; } = [];

    internal IReadOnlyList<LabelSelector> AlwaysInjectSelectors { get; init; } = [];

    internal IReadOnlyDictionary<string, string> InjectedAnnotations { get; init; } = new Dictionary<string, string>();

    internal string ClusterName { get; }

    internal string Network { get; }

    internal bool HoldApplication { get; }

    internal bool RewriteAppHttpProbe { get; }

    /// <summary>Whether kubelet versions are part of the decision on native sidecars, so that nodes have to be known.</summary>
    public bool NeedsNodes => Features.Has(IstioFeature.NativeSidecarsAuto) && Env("ENABLE_NATIVE_SIDECARS") is not ("true" or "false");

    /// <summary>Whether annotations of namespaces are looked at: on OpenShift only.</summary>
    public bool NeedsNamespaces => string.Equals(Env("PLATFORM"), "openshift", StringComparison.OrdinalIgnoreCase);

    internal RenderedPods Rendered { get; } = new();

    internal InjectedPods Injected { get; } = new();

    /// <summary>A variable of istiod's environment; empty where it is not set.</summary>
    internal string Env(string name) => _environment.GetValueOrDefault(name) ?? "";

    /// <summary>Parses all texts; the errors are all there are, not the first.</summary>
    public static InjectionSettingsResult Load(InjectionSettingsInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new InjectionSettingsLoader(input).Load();
    }
}
