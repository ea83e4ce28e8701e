namespace Isthmus.Core.Injection;

/// <summary>Behaviour of istiod's injector that came (or went) with a version and that no ConfigMap carries.</summary>
public enum IstioFeature
{
    /// <summary>sidecar.istio.io/inject takes y, yes and on, and every other value means no.</summary>
    LenientInjectValues,
    /// <summary>Templates see .EstimatedConcurrency.</summary>
    EstimatedConcurrencyField,
    /// <summary>The default proxy config traces to zipkin.istio-system:9411.</summary>
    DefaultTracingZipkin,
    /// <summary>An image without a type of its own takes values.global.variant.</summary>
    ProxyImageVariantFallback,
    /// <summary>Templates see .InboundTrafficPolicyMode.</summary>
    InboundTrafficPolicyModeField,
    /// <summary>appendMultusNetwork splits namespace/name in JSON lists.</summary>
    MultusJsonNamespace,
    /// <summary>sidecar.istio.io/nativeSidecar beats the setting of istiod.</summary>
    NativeSidecarAnnotation,
    /// <summary>HTTP and TCP lifecycle handlers are rewritten as probes are.</summary>
    LifecycleProbes,
    /// <summary>ENABLE_NATIVE_SIDECARS knows auto, its default, and templates see .NativeSidecars.</summary>
    NativeSidecarsAuto,
    /// <summary>Probers of a pod that was injected before are appended where its sidecar has none.</summary>
    AppendProbers,
    /// <summary>The quantities of sidecar.istio.io/proxyCPU and its like are checked.</summary>
    QuantityAnnotationChecks,
    /// <summary>Templates may call omitNil.</summary>
    OmitNilFunction,
    /// <summary>Templates may call otelResourceAttributes.</summary>
    OtelResourceAttributesFunction,
    /// <summary>Lists of network interfaces in annotations are checked.</summary>
    InterfaceAnnotationChecks,
    /// <summary>Templates see .ProxyInitImage.</summary>
    ProxyInitImageField,
    /// <summary>prometheus.istio.io/scrape-targets names several scrape targets.</summary>
    ScrapeTargets,
    /// <summary>prometheus.istio.io/secure-port is written where the sidecar serves merged metrics over mTLS.</summary>
    SecurePrometheusPort,
    /// <summary>Ports that Prometheus is to scrape must be possible ones.</summary>
    PrometheusPortChecks,
}
