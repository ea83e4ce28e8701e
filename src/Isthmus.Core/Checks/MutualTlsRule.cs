using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>
/// What takes an exported service's endpoints out of its gateway: only pods that speak Istio's mutual TLS can be passed through to.
/// Before Istio 1.19 an AuthorizationPolicy of the root namespace stood in the gateway's way too.
/// </summary>
internal static class MutualTlsRule
{
    private const string Disable = "DISABLE";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) => snapshot.ControlPlanes
        .SelectMany(pair => Peers(pair.Cluster, pair.Seen).Concat(Rules(snapshot.Mesh, pair.Cluster, pair.Seen)).Concat(Policies(pair.Cluster, pair.Seen)));

    private static IEnumerable<CheckFinding> Peers(MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        var policies = seen.All("peerauthentications");
        foreach (var policy in policies.Where(Disables))
        {
            var hit = seen.ExportedHosts(cluster.ClusterDomain).Where(host => Selects(policy, host.Value) && !IsOverruled(policy, host.Value, policies)).Select(host => host.Key).ToList();
            if (hit.Count > 0)
            {
                yield return CheckFinding.Error(
                    cluster.Name, SeenObject.Subject(policy, "PeerAuthentication"), $"mode DISABLE leaves the gateway without endpoints for {string.Join(", ", hit)}", "set PERMISSIVE or STRICT for them");
            }
        }
    }

    private static IEnumerable<CheckFinding> Rules(MeshDocument mesh, MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        foreach (var rule in seen.Foreign(ResourceKind.DestinationRule.Plural, mesh.Name))
        {
            var policy = SeenObject.Spec(rule)?["trafficPolicy"] as JsonObject;
            var isOff = SeenObject.Text(policy, "tls", "mode") == Disable || SeenObject.Objects(policy, "portLevelSettings").Any(port => SeenObject.Text(port, "tls", "mode") == Disable);
            var pattern = SeenObject.FullHost(SeenObject.Text(SeenObject.Spec(rule), "host") ?? "", rule.NamespaceName(), cluster.ClusterDomain);
            var hit = isOff && IsSeenByGateway(rule, cluster) ? seen.ExportedHosts(cluster.ClusterDomain).Keys.Where(host => SeenObject.Matches(pattern, host)).ToList() : [];
            if (hit.Count > 0)
            {
                yield return CheckFinding.Error(
                    cluster.Name, SeenObject.Subject(rule, "DestinationRule"), $"tls mode DISABLE leaves the gateway without endpoints for {string.Join(", ", hit)}",
                    "leave tls out, or narrow exportTo so that the gateway does not see the rule");
            }
        }
    }

    private static IEnumerable<CheckFinding> Policies(MeshCluster cluster, ClusterCheckSnapshot seen) =>
        seen.Istiods.Any(istiod => istiod.Version is { } version && !version.IsAtLeast(1, 19))
            ? seen.All("authorizationpolicies").Where(policy => policy.NamespaceName() == SystemNamespaces.Istio).Select(policy => CheckFinding.Error(
                cluster.Name, SeenObject.Subject(policy, "AuthorizationPolicy"), "before Istio 1.19 it also stands on the gateway's passthrough, where principals never match",
                "upgrade Istio, or give the policy a selector that spares the gateway"))
            : [];

    private static bool Disables(JsonObject policy)
    {
        var spec = SeenObject.Spec(policy);
        return SeenObject.Text(spec, "mtls", "mode") == Disable
            || (spec?["portLevelMtls"] as JsonObject ?? []).Any(port => SeenObject.Text(port.Value as JsonObject, "mode") == Disable);
    }

    // Of pods nothing is known here but what their Service selects them by.
    private static bool Selects(JsonObject policy, JsonObject service) =>
        (policy.NamespaceName() == service.NamespaceName() && Labels(policy).All(PodsBehind.Selector(service).Contains))
        || (policy.NamespaceName() == SystemNamespaces.Istio && Labels(policy).Count == 0);

    private static bool IsOverruled(JsonObject policy, JsonObject service, IReadOnlyList<JsonObject> policies) => policies.Any(other =>
        !ReferenceEquals(other, policy) && Level(other) > Level(policy) && SeenObject.Text(SeenObject.Spec(other), "mtls", "mode") is "STRICT" or "PERMISSIVE" && Selects(other, service));

    private static int Level(JsonObject policy) => Labels(policy).Count > 0 ? 2 : policy.NamespaceName() == SystemNamespaces.Istio ? 0 : 1;

    private static IReadOnlyDictionary<string, string> Labels(JsonObject policy) =>
        ObjectMetadata.Strings((SeenObject.Spec(policy)?["selector"] as JsonObject)?["matchLabels"] as JsonObject);

    private static bool IsSeenByGateway(JsonObject rule, MeshCluster cluster)
    {
        var exportTo = SeenObject.Texts(SeenObject.Spec(rule), "exportTo").ToList();
        var gateway = cluster.Gateway?.Service?.Namespace ?? SystemNamespaces.Istio;
        return exportTo.Count == 0 || exportTo.Contains("*") || exportTo.Contains(gateway) || (exportTo.Contains(".") && rule.NamespaceName() == gateway);
    }
}
