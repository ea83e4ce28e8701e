using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>Whether a pod is to have a sidecar, and why.</summary>
internal readonly record struct InjectionDecision(bool Inject, string Reason)
{
    private const string Annotation = "sidecar.istio.io/inject";

    private static readonly HashSet<string> IgnoredNamespaces =
        new(["kube-system", "kube-public", "kube-node-lease", "local-path-storage"], StringComparer.Ordinal);

    /// <summary>Istio's order: the host's network, the system's namespaces, the pod's own word, the selectors, the policy.</summary>
    public static InjectionDecision For(InjectionSettings settings, JsonObject pod)
    {
        if (pod.Object("spec").Flag("hostNetwork") == true) return No("the pod uses the host's network");
        var metadata = pod.Object("metadata");
        var @namespace = metadata.Text("namespace") ?? "";
        if (IgnoredNamespaces.Contains(@namespace)) return No($"namespace {@namespace} is never injected");

        var labels = metadata.StringMap("labels");
        var wish = Wish(metadata.Object("annotations").Text(Annotation), labels, settings.Features);
        var reason = $"{Annotation} is {(wish == true ? "true" : "false")}";
        if (wish is null && settings.NeverInjectSelectors.Any(selector => selector.Matches(labels)))
            (wish, reason) = (false, "a neverInjectSelector matches");
        else if (wish is null && settings.AlwaysInjectSelectors.Any(selector => selector.Matches(labels)))
            (wish, reason) = (true, "an alwaysInjectSelector matches");

        return settings.Policy switch
        {
            "enabled" => new(wish ?? true, wish is null ? "the policy is enabled" : reason),
            "disabled" => new(wish ?? false, wish is null ? "the policy is disabled" : reason),
            var other => No($"the injection policy '{other}' is not known"),
        };
    }

    /// <summary>What the pod says of itself: null leaves the decision to selectors and policy. A label, even an empty one, beats the annotation.</summary>
    private static bool? Wish(string? annotation, Dictionary<string, string> labels, IstioFeatures features)
    {
        var value = labels.GetValueOrDefault(Annotation) ?? annotation ?? "";
        if (value.Length == 0) return null;
        if (features.Has(IstioFeature.LenientInjectValues))
            return value.ToLowerInvariant() is "y" or "yes" or "true" or "on";
        return value switch
        {
            "true" => true,
            "false" => false,
            _ => null,
        };
    }

    private static InjectionDecision No(string reason) => new(false, reason);
}
