namespace Isthmus.Core.Injection.Mesh;

/// <summary>The settings that istiod starts from, before the mesh ConfigMap.</summary>
internal static class MeshDefaults
{
    public static ProtoMessage ProxyConfig(IstioVersion version)
    {
        ProtoMessage proxy = ProtoMessage.Empty(ProtoTypes.ProxyConfig)
            .With("configPath", "./etc/istio/proxy")
            .With("binaryPath", "/usr/local/bin/envoy")
            .With("serviceCluster", "istio-proxy")
            .With("drainDuration", ProtoDuration.FromSeconds(45))
            .With("terminationDrainDuration", ProtoDuration.FromSeconds(5))
            .With("proxyAdminPort", 15000L)
            .With("controlPlaneAuthPolicy", ProtoTypes.ProxyConfig["controlPlaneAuthPolicy"].EnumType.Parse("MUTUAL_TLS"))
            .With("discoveryAddress", "istiod.istio-system.svc:15012")
            .With("statNameLength", 189L)
            .With("statusPort", 15020L);
        if (!IstioFeatures.Of(version).Has(IstioFeature.DefaultTracingZipkin))
            return proxy;
        ProtoMessage tracing = proxy.Child("tracing");
        return proxy.With("tracing", tracing.With("zipkin", tracing.Child("zipkin").With("address", "zipkin.istio-system:9411")));
    }

    public static ProtoMessage MeshConfig(IstioVersion version)
    {
        ProtoMessage mesh = ProtoMessage.Empty(ProtoTypes.MeshConfig);
        ProtoMessage outbound = mesh.Child("outboundTrafficPolicy");
        return mesh
            .With("enableTracing", true)
            .With("accessLogFile", "")
            .With("defaultConfig", ProxyConfig(version))
            .With("rootNamespace", "istio-system")
            .With("proxyListenPort", 15001L)
            .With("proxyInboundListenPort", 15006L)
            .With("connectTimeout", ProtoDuration.FromSeconds(10))
            .With("dnsRefreshRate", ProtoDuration.FromSeconds(60))
            .With("protocolDetectionTimeout", ProtoDuration.Zero)
            .With("ingressService", "istio-ingressgateway")
            .With("ingressClass", "istio")
            .With("ingressControllerMode", mesh.Type["ingressControllerMode"].EnumType.Parse("STRICT"))
            .With("trustDomain", "cluster.local")
            .With("trustDomainAliases", null)
            .With("enableAutoMtls", new ProtoWrapper(ProtoKind.Bool, true))
            .With("enablePrometheusMerge", new ProtoWrapper(ProtoKind.Bool, true))
            .With("outboundTrafficPolicy", outbound.With("mode", outbound.Type["mode"].EnumType.Parse("ALLOW_ANY")))
            .With("inboundTrafficPolicy", mesh.Child("inboundTrafficPolicy"))
            .With("defaultServiceExportTo", new List<string> { "*" })
            .With("defaultVirtualServiceExportTo", new List<string> { "*" })
            .With("defaultDestinationRuleExportTo", new List<string> { "*" })
            .With("defaultProviders", mesh.Child("defaultProviders"))
            .With("extensionProviders", ExtensionProviders(mesh.Type["extensionProviders"].Type));
    }

    private static List<object> ExtensionProviders(ProtoType type)
    {
        var provider = ProtoMessage.Empty(type);
        return
        [
            provider.With("name", "prometheus").With("prometheus", provider.Child("prometheus")),
            provider.With("name", "stackdriver").With("stackdriver", provider.Child("stackdriver")),
            provider.With("name", "envoy").With("envoyFileAccessLog", provider.Child("envoyFileAccessLog").With("path", "/dev/stdout")),
        ];
    }
}
