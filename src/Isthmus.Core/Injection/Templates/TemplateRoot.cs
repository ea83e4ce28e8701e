using Isthmus.Core.Injection.Structs;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Templates;

/// <summary>The object that templates see as dot: Istio's SidecarTemplateData of the version at hand.</summary>
internal static class TemplateRoot
{
    private static readonly MergeField ContainersField = PodSchema.PodSpec.GoField("Containers") ?? throw new InvalidOperationException("PodSpec has no Containers");

    public static GoRecord Of(InjectionRun run, StrippedPod stripped)
    {
        var settings = run.Settings;
        var features = settings.Features;
        var fields = new Dictionary<string, object?>(16, StringComparer.Ordinal)
        {
            ["TypeMeta"] = new GoRecord("v1.TypeMeta", new Dictionary<string, object?> { ["Kind"] = run.Owner.Kind, ["APIVersion"] = run.Owner.ApiVersion }),
            ["DeploymentMeta"] = new GoRecord(
                "types.NamespacedName", new Dictionary<string, object?> { ["Name"] = run.Owner.Name, ["Namespace"] = run.Owner.Namespace }),
            ["ObjectMeta"] = Metadata(run, stripped),
            ["Spec"] = Spec(run, stripped),
            ["ProxyConfig"] = run.ProxyConfig,
            ["MeshConfig"] = settings.Mesh,
            ["Values"] = settings.TemplateValues,
            ["Revision"] = settings.Revision,
            ["ProxyImage"] = ProxyImages.Sidecar(settings, run.ProxyConfig.ImageType, stripped.Annotations),
            ["ProxyUID"] = run.Ids.User,
            ["ProxyGID"] = run.Ids.Group,
            ["CompliancePolicy"] = settings.Env("COMPLIANCE_POLICY"),
        };
        if (features.Has(IstioFeature.EstimatedConcurrencyField))
            fields["EstimatedConcurrency"] = (nint)EstimatedConcurrency.Of(settings, run.ProxyConfig, stripped.Annotations);
        if (features.Has(IstioFeature.InboundTrafficPolicyModeField))
            fields["InboundTrafficPolicyMode"] = settings.Mesh.InboundTrafficPolicyLocalhost ? "localhost" : "passthrough";
        if (features.Has(IstioFeature.NativeSidecarsAuto)) fields["NativeSidecars"] = run.NativeEnabled;
        if (features.Has(IstioFeature.ProxyInitImageField)) fields["ProxyInitImage"] = ProxyImages.Init(settings, stripped.Annotations);
        return new GoRecord("*inject.SidecarTemplateData", fields);
    }

    private static StructView Metadata(InjectionRun run, StrippedPod stripped) => StructView.Of(
        PodSchema.ObjectMeta,
        run.Pod.Object("metadata"),
        new Dictionary<string, object?> { ["Annotations"] = stripped.Annotations, ["Labels"] = run.Labels });

    private static StructView Spec(InjectionRun run, StrippedPod stripped) => StructView.Of(
        PodSchema.PodSpec,
        run.Pod.Object("spec"),
        new Dictionary<string, object?>
        {
            ["Containers"] = StructView.Items(ContainersField, stripped.Containers),
            ["InitContainers"] = StructView.Items(ContainersField, stripped.InitContainers),
        });
}
