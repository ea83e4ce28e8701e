using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>The labels and annotations that istiod itself adds, after the templates.</summary>
internal static class PodMetadata
{
    public const string NetworkLabel = "topology.istio.io/network";

    public static void Apply(JsonObject pod, JsonObject template, InjectionSettings settings, string? network)
    {
        var metadata = pod.EnsureObject("metadata");
        if (network is not null) metadata.EnsureObject("labels")[NetworkLabel] = network;
        var annotations = metadata.EnsureObject("annotations");
        annotations[SidecarStatus.Annotation] = SidecarStatus.Write(template, settings.Revision);
        foreach (var (name, value) in settings.InjectedAnnotations) annotations[name] = value;
    }
}
