using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Injection.Mesh;
using Isthmus.Core.Injection.Structs;
using Isthmus.Core.Injection.Templates;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection;

/// <summary>The injection of one pod whose user wants it, after istiod's pipeline. The pod given is read only.</summary>
internal sealed class InjectionRun
{
    private const string TemplatesAnnotation = "inject.istio.io/templates";
    private const string ProxyConfigAnnotation = "proxy.istio.io/config";
    private const string NetworkVariable = "ISTIO_META_NETWORK";
    private const string ClusterVariable = "ISTIO_META_CLUSTER_ID";

    private readonly Dictionary<string, string> _annotations;
    private readonly UserContainers _remembered;
    private readonly SidecarStatus? _status;
    private readonly SortedDictionary<string, string> _variables;

    public InjectionRun(InjectionSettings settings, ClusterFacts facts, InjectPath path, JsonObject pod, UserContainers remembered, WorkloadOwner? owner = null)
    {
        var metadata = pod.Object("metadata");
        (Settings, Pod, _remembered) = (settings, pod, remembered);
        _annotations = metadata.StringMap("annotations");
        Labels = metadata.StringMap("labels");
        _status = SidecarStatus.Of(_annotations);
        _variables = Variables(path);
        Owner = owner ?? WorkloadOwner.Of(pod);
        var @namespace = metadata.Text("namespace") ?? "";
        ProxyConfig = EffectiveProxyConfig.For(settings.Mesh, facts.ProxyConfigs, @namespace, Labels, _annotations.GetValueOrDefault(ProxyConfigAnnotation));
        NativeEnabled = NativeSidecars.Enabled(settings, facts, pod);
        Ids = settings.NeedsNamespaces && facts.NamespaceAnnotations.TryGetValue(@namespace, out var ranges) ? OpenShiftIds.Of(ranges) : OpenShiftIds.Default;
    }

    public InjectionSettings Settings { get; }

    public JsonObject Pod { get; }

    public Dictionary<string, string> Labels { get; }

    public WorkloadOwner Owner { get; }

    public ProxyConfig ProxyConfig { get; }

    public bool NativeEnabled { get; }

    public OpenShiftIds Ids { get; }

    private bool InjectedBefore => _annotations.ContainsKey(SidecarStatus.Annotation);

    /// <summary>The pod with its sidecar.</summary>
    /// <exception cref="InjectionException">The pod cannot be injected.</exception>
    /// <exception cref="TemplateException">A template failed.</exception>
    public JsonObject Execute(CancellationToken cancellation)
    {
        var (merged, template) = Merge(cancellation);
        merged = _remembered.Reapply(merged, Pod, template, _status, InjectedBefore);
        UserContainers.AdjustInitUser(merged, Pod, ProxyConfig.InterceptionMode == "TPROXY");

        Sidecar.SetEnvironment(merged, _variables, InjectedBefore ? Pod : null);
        if (PrometheusMerge.Apply(merged, Settings) is { } error) throw new InjectionException(error);
        PrometheusMerge.ApplySecurePort(merged, Settings.Features);
        ProbeRewrite.Apply(merged, Settings, InjectedBefore);
        PodMetadata.Apply(merged, template, Settings, _variables.GetValueOrDefault(NetworkVariable));
        var hold = Settings.HoldApplication || Settings.Mesh.HoldApplicationUntilProxyStarts(_annotations.GetValueOrDefault(ProxyConfigAnnotation));
        ContainerOrder.Apply(merged, hold);
        return merged;
    }

    /// <summary>Istio's precedence: the values, the webhook's path, and for the network the pod's own label.</summary>
    private SortedDictionary<string, string> Variables(InjectPath path)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in path.Variables) variables[name] = value;
        Set(ClusterVariable, NotEmpty(variables.GetValueOrDefault(ClusterVariable)) ?? Settings.ClusterName);
        Set(NetworkVariable, Labels.GetValueOrDefault(PodMetadata.NetworkLabel) ?? NotEmpty(variables.GetValueOrDefault(NetworkVariable)) ?? Settings.Network);
        return variables;

        void Set(string name, string value)
        {
            if (value.Length > 0) variables[name] = value;
        }
    }

    /// <summary>Renders each template and merges it both onto the pod and, to know what came from templates, onto nothing.</summary>
    private (JsonObject Merged, JsonObject Template) Merge(CancellationToken cancellation)
    {
        var root = TemplateRoot.Of(this, StrippedPod.Of(Pod, _annotations, _status, _remembered, Settings.Mesh.StatusPort));
        var native = NativeSidecars.ForPod(NativeEnabled, _annotations, Settings.Features);
        var merged = Pod.DeepClone().AsObject();
        JsonObject? template = null;
        foreach (var (name, parsed) in SelectTemplates())
        {
            var rendered = Settings.Rendered.Parse(parsed.Execute(root, ExecutionLimits.Default, cancellation));
            if (rendered.Error is { } error) throw new InjectionException($"template {name}: {error}");
            template = template is null ? rendered.Alone : StrategicMerge.Apply(template, rendered.Overlay, PodSchema.Pod);
            if (native) MoveProxyToInit(merged, template);
            merged = StrategicMerge.ApplyInPlace(merged, rendered.Overlay, PodSchema.Pod);
        }
        return (merged, template ?? []);
    }

    /// <summary>Istio's rule: where the template makes the sidecar an init container, the user's istio-proxy becomes one too.</summary>
    private static void MoveProxyToInit(JsonObject merged, JsonObject template)
    {
        if (!template.Object("spec").List("initContainers").TryGetContainer(SidecarNames.Proxy, out _)) return;
        var spec = merged.EnsureObject("spec");
        var containers = spec.List("containers");
        if (!containers.TryGetContainer(SidecarNames.Proxy, out var proxy)) return;
        // A pod that was injected before may hold one in each list; names have to stay unique.
        if (spec.List("initContainers").TryGetContainer(SidecarNames.Proxy, out _)) return;
        containers?.Remove(proxy);
        spec.EnsureList("initContainers").Add((JsonNode)proxy);
    }

    private IEnumerable<(string Name, Template Template)> SelectTemplates()
    {
        var isOwnChoice = _annotations.TryGetValue(TemplatesAnnotation, out var chosen);
        var names = chosen is null ? Settings.DefaultTemplates : chosen.Split(',', StringSplitOptions.TrimEntries);
        foreach (var name in names.SelectMany(name => Settings.Aliases.TryGetValue(name, out var aliased) ? aliased : [name]))
        {
            if (!Settings.Templates.TryGetValue(name, out var template))
            {
                var known = string.Join(", ", Settings.Templates.Keys.Order(StringComparer.Ordinal));
                throw new InjectionException($"requested template \"{name}\" not found; have {known}") { IsOurFault = !isOwnChoice };
            }
            yield return (name, template);
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
