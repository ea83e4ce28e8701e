using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>Our injection webhook stands, names the cluster and network that istiod would write, and istiod's own fits the fallback.</summary>
internal static class InjectionRule
{
    private const string Subject = "injection";
    private const string Ours = "isthmus-injector";
    private const string Suffix = ".sidecar-injector.istio.io";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) => snapshot.Staying.SelectMany(pair => Of(snapshot.Mesh, pair.Cluster, pair.Seen));

    private static IEnumerable<CheckFinding> Of(MeshDocument mesh, MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        var webhooks = seen.All(ResourceKind.MutatingWebhookConfiguration.Plural);
        var ours = webhooks.Where(found => found.Name() == Ours).SelectMany(found => SeenObject.Objects(found, "webhooks")).ToList();
        if (ours.Count == 0)
        {
            yield return CheckFinding.Warning(cluster.Name, Subject, $"MutatingWebhookConfiguration {Ours} is not there yet", "run isthmus apply");
            yield break;
        }

        var different = ours.Select(Variables).FirstOrDefault(found => found is not null && (found.Value.Cluster, found.Value.Network) != (cluster.Name.Value, cluster.Network.Value));
        if (different is { } wrong)
        {
            yield return CheckFinding.Error(
                cluster.Name, Subject, $"the webhook's address says cluster '{wrong.Cluster}' and network '{wrong.Network}', the document '{cluster.Name}' and '{cluster.Network}'", "run isthmus apply");
        }

        var istiods = webhooks.Where(found => SeenObject.Objects(found, "webhooks").Any(webhook => SeenObject.Text(webhook, "name")?.EndsWith(Suffix, StringComparison.Ordinal) == true))
            .Select(found => found.Name()).Order(StringComparer.Ordinal).ToList();
        if (mesh.Injection.Fallback == InjectionFallback.None && istiods.Count > 0)
        {
            yield return CheckFinding.Error(
                cluster.Name, Subject, $"fallback is none, but istiod's own webhook {string.Join(", ", istiods)} is registered",
                "switch it off (Helm: --set global.operatorManageWebhooks=true, then delete it), or set fallback: istiod");
        }
        else if (mesh.Injection.Fallback == InjectionFallback.Istiod && istiods.Count == 0)
        {
            yield return CheckFinding.Warning(cluster.Name, Subject, "fallback is istiod, but no webhook of istiod's is registered: what we miss has no sidecar", "register istiod's webhook, or set fallback: none");
        }
        else if (different is null)
        {
            yield return CheckFinding.Ok(cluster.Name, Subject, $"webhook registered, fallback {(istiods.Count > 0 ? string.Join(", ", istiods) : "none")}");
        }
    }

    private static (string? Cluster, string? Network)? Variables(JsonObject webhook)
    {
        var address = SeenObject.Text(webhook, "clientConfig", "url") ?? SeenObject.Text(webhook, "clientConfig", "service", "path") ?? "";
        // Istio's own keys begin here; what stands before them is the route.
        var start = address.IndexOf("/cluster/", StringComparison.Ordinal);
        if (start < 0)
            return null;
        var variables = InjectPath.Parse("/inject" + Uri.UnescapeDataString(address[start..])).Variables;
        return (variables.GetValueOrDefault("ISTIO_META_CLUSTER_ID"), variables.GetValueOrDefault("ISTIO_META_NETWORK"));
    }
}
