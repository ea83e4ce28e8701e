using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Relay;

namespace Isthmus.Core.Webhooks;

/// <summary>The <c>clientConfig</c> of our webhooks.</summary>
internal static class WebhookAddress
{
    /// <summary>
    /// Cluster and network travel in the path, as istiod's own webhook has them (<c>/inject/cluster/C/net/N</c>), with <c>--slash--</c>
    /// for a slash. A revision other than the default goes in front of them.
    /// </summary>
    public static JsonObject Inject(WebhookSettings settings, MeshCluster cluster, string revision)
    {
        var path = revision == InjectionPolicy.DefaultRevision ? "inject" : $"inject/{RevisionKey}/{Escape(revision)}";
        return Client(settings, cluster, WebhookPurpose.Inject, $"{path}/cluster/{Escape(cluster.Name.Value)}/{Network(settings, cluster.Network.Value)}");
    }

    // API servers take lower-case names alone as segments of a Service's path; a network may have capitals and underscores, as Azure's do.
    private static string Network(WebhookSettings settings, string network) => settings.RelayBundle is null || LabelNames.IsSubdomain(Escape(network))
        ? $"net/{Escape(network)}"
        : $"{InjectPath.HexNetworkKey}/{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(network))}";

    public static JsonObject Changes(WebhookSettings settings, MeshCluster cluster) =>
        Client(settings, cluster, WebhookPurpose.Changes, "changes");

    /// <summary>The path key that names a revision; InjectSidecar takes it out before Istio's own keys are read.</summary>
    public const string RevisionKey = "isthmus-revision";

    private static JsonObject Client(WebhookSettings settings, MeshCluster cluster, WebhookPurpose purpose, string path)
    {
        if (settings.RelayBundle is { } relay)
        {
            return new JsonObject
            {
                ["url"] = null,
                // The relay knows the token; here stands none.
                ["service"] = new JsonObject { ["namespace"] = SystemNamespaces.Isthmus, ["name"] = RelayNames.Relay, ["path"] = $"/{path}", ["port"] = 443 },
                ["caBundle"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(relay)),
            };
        }

        var token = WebhookToken.Compute(settings.Keys[0], cluster.Name, purpose);
        var url = $"{settings.BaseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/clusters/{cluster.Name}/{token}/{path}";
        return new JsonObject
        {
            ["url"] = url,
            ["service"] = null,
            ["caBundle"] = settings.CaBundle is { } bundle ? Convert.ToBase64String(Encoding.UTF8.GetBytes(bundle)) : null,
        };
    }

    private static string Escape(string value) => Uri.EscapeDataString(value.Replace("/", "--slash--", StringComparison.Ordinal));
}
