using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>How one level of proxy configuration lies on another.</summary>
internal static class ProxyConfigMerge
{
    /// <summary>Sub-fields of proxyHeaders that the base keeps where the overlay does not set them: Istio's correctProxyHeaders.</summary>
    private static readonly string[] KeptHeaders = ["forwardedClientCert", "requestId", "attemptCount", "server", "envoyDebugHeaders"];

    /// <summary>Lays a document on a configuration: fields replace, proxyMetadata merges key by key, proxyHeaders keeps five sub-fields.</summary>
    /// <exception cref="ProtoFormatException">The document does not fit.</exception>
    public static ProtoMessage Overlay(ProtoMessage proxy, JsonNode? document)
    {
        ProtoMessage overlaid = proxy.With("proxyHeaders", null).Overlay(ProtoJson.Fields(document, ProtoTypes.ProxyConfig));
        var metadata = new Dictionary<string, string>(proxy.TextMap("proxyMetadata"), StringComparer.Ordinal);
        foreach ((string name, string value) in overlaid.TextMap("proxyMetadata"))
            metadata[name] = value;
        return overlaid.With("proxyMetadata", metadata).With("proxyHeaders", Headers(proxy.Message("proxyHeaders"), overlaid.Message("proxyHeaders")));
    }

    /// <summary>A level above another: it passes through proto JSON, so zeros and empty texts override nothing.</summary>
    public static ProtoMessage Overlay(ProtoMessage proxy, ProtoMessage level) => Overlay(proxy, ProtoJson.Write(level));

    private static ProtoMessage? Headers(ProtoMessage? below, ProtoMessage? above)
    {
        if (below is null || above is null)
            return above ?? below;
        foreach (string header in KeptHeaders)
        {
            if (above.Message(header) is null)
                above = above.With(header, below.Message(header));
        }
        return above;
    }
}
