namespace Isthmus.Core.Injection;

/// <summary>The features of one Istio version: the only place where versions are compared.</summary>
public sealed class IstioFeatures
{
    private sealed record Row(IstioFeature Feature, IstioVersion From, IstioVersion? Until = null);

    private static readonly IstioVersion Ever = new(0, 0, 0);

    private static readonly Row[] Table =
    [
        new(IstioFeature.LenientInjectValues, Ever, Until: new(1, 27, 0)),
        new(IstioFeature.EstimatedConcurrencyField, Ever, Until: new(1, 20, 0)),
        new(IstioFeature.DefaultTracingZipkin, Ever, Until: new(1, 22, 0)),
        new(IstioFeature.ProxyImageVariantFallback, new(1, 22, 0)),
        new(IstioFeature.InboundTrafficPolicyModeField, new(1, 22, 0)),
        new(IstioFeature.MultusJsonNamespace, new(1, 23, 0)),
        new(IstioFeature.NativeSidecarAnnotation, new(1, 24, 0)),
        new(IstioFeature.LifecycleProbes, new(1, 25, 0)),
        new(IstioFeature.NativeSidecarsAuto, new(1, 27, 0)),
        new(IstioFeature.AppendProbers, new(1, 27, 0)),
        new(IstioFeature.QuantityAnnotationChecks, new(1, 27, 9)),
        new(IstioFeature.OmitNilFunction, new(1, 28, 0)),
        new(IstioFeature.OtelResourceAttributesFunction, new(1, 30, 0)),
        new(IstioFeature.InterfaceAnnotationChecks, new(1, 30, 0)),
        new(IstioFeature.ProxyInitImageField, new(1, 31, 0)),
        new(IstioFeature.ScrapeTargets, new(1, 31, 0)),
        new(IstioFeature.SecurePrometheusPort, new(1, 31, 0)),
        new(IstioFeature.PrometheusPortChecks, new(1, 31, 0)),
    ];

    private readonly ulong _present;

    private IstioFeatures(ulong present) => _present = present;

    public static IstioFeatures Of(IstioVersion version)
    {
        var present = 0UL;
        foreach (var row in Table)
            if (version >= row.From && (row.Until is not { } until || version < until)) present |= Bit(row.Feature);
        return new IstioFeatures(present);
    }

    public bool Has(IstioFeature feature) => (_present & Bit(feature)) != 0;

    private static ulong Bit(IstioFeature feature) => 1UL << (int)feature;
}
