using System.Globalization;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>Whether sidecars are restartable init containers.</summary>
internal static class NativeSidecars
{
    private const string Annotation = "sidecar.istio.io/nativeSidecar";

    /// <summary>Istio's rule for auto: the feature is stable, so that no node can lack it, from Kubernetes 1.33.</summary>
    private const int StableMinor = 33;

    /// <summary>What istiod's ENABLE_NATIVE_SIDECARS says for this pod, before the pod's own annotation.</summary>
    public static bool Enabled(InjectionSettings settings, ClusterFacts facts, JsonObject pod)
    {
        var setting = settings.Env("ENABLE_NATIVE_SIDECARS");
        if (!settings.Features.Has(IstioFeature.NativeSidecarsAuto)) return GoParse.Bool(setting) ?? false;
        return setting switch
        {
            "true" => true,
            "false" => false,
            _ => AllNodesSupport(facts.KubeletVersions, pod.Object("spec").Text("nodeName")),
        };
    }

    /// <summary>Whether the sidecar is moved into initContainers: the annotation, from 1.24 on, beats the setting.</summary>
    public static bool ForPod(bool enabled, IReadOnlyDictionary<string, string> annotations, IstioFeatures features)
    {
        if (!features.Has(IstioFeature.NativeSidecarAnnotation) || !annotations.TryGetValue(Annotation, out var value)) return enabled;
        return value switch
        {
            "true" => true,
            "false" => false,
            _ => enabled,
        };
    }

    public static bool AllNodesSupport(IReadOnlyDictionary<string, string> kubeletVersions, string? nodeName)
    {
        if (nodeName is { Length: > 0 } && kubeletVersions.TryGetValue(nodeName, out var version)) return Supports(version);
        return kubeletVersions.Values.All(Supports);
    }

    private static bool Supports(string kubeletVersion)
    {
        var parts = kubeletVersion.TrimStart('v').Split('.');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            && minor >= StableMinor;
    }
}
