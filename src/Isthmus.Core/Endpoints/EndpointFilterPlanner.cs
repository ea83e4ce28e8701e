using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Federation;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;

namespace Isthmus.Core.Endpoints;

/// <summary>Which services' endpoints proxies ask us for, rather than istiod: those that are marked, in clusters that have the relay.</summary>
public static class EndpointFilterPlanner
{
    public static Plan Plan(MeshDocument mesh, EndpointFilterSnapshot seen) =>
        ServedGroup.All(mesh).Aggregate(Planning.Plan.Empty, (plan, group) => plan.With(PlanGroup(mesh, group, seen)));

    private static Plan PlanGroup(MeshDocument mesh, ServedGroup group, EndpointFilterSnapshot seen)
    {
        var controlPlane = group.ControlPlane.Name;
        if (!seen.Clusters.TryGetValue(controlPlane, out var view))
            return Planning.Plan.Empty;
        var live = view.Filters.Where(EndpointFilters.IsNamedLikeOurs).ToDictionary(filter => new ObjectId(controlPlane, ResourceKind.EnvoyFilter, filter.NamespaceName(), filter.Name()));
        var relays = Relays(mesh, group, seen, id => live.TryGetValue(id, out var filter) && Ownership.IsOurs(filter, mesh.Name));
        var (services, skipped) = Services(mesh, group, seen, view, [.. relays.Select(relay => relay.Only)]);
        var isSilent = group.Clusters.Any(cluster => !seen.Clusters.ContainsKey(cluster.Name));
        // What a silent cluster marks is not known, nor whether it still has its relay.
        return PlanDiff.Compute(relays.Select(relay => relay.Desired).OfType<DesiredObject>().Concat(services), live.Select(entry => new ObservedObject(entry.Key, entry.Value)), _ => !isSilent)
            .OwnedOnly(mesh.Name).With(new Plan(skipped));
    }

    /// <summary>The clusters with a relay; one that is silent counts if it had one, and nothing of it is rewritten.</summary>
    private static List<(ClusterName? Only, DesiredObject? Desired)> Relays(MeshDocument mesh, ServedGroup group, EndpointFilterSnapshot seen, Func<ObjectId, bool> isThere)
    {
        var relays = new List<(ClusterName? Only, DesiredObject? Desired)>();
        foreach (var cluster in group.Clusters.Where(cluster => cluster.WebhookReach == WebhookReach.Relay))
        {
            var id = EndpointFilters.RelayId(group.ControlPlane.Name, cluster.Name);
            // Where there are several clusters, each has a relay of its own.
            ClusterName? only = group.IsShared ? cluster.Name : null;
            if (!seen.Clusters.TryGetValue(cluster.Name, out var view))
            {
                if (isThere(id)) relays.Add((only, null));
            }
            else if (CaOfRelay(view.Webhook) is { } ca)
            {
                relays.Add((only, EndpointFilters.Relay(id, mesh.Name, cluster, only, ca)));
            }
        }

        return relays;
    }

    private static (List<DesiredObject> Desired, List<PlannedAction> Skipped) Services(
        MeshDocument mesh, ServedGroup group, EndpointFilterSnapshot seen, EndpointFilterView view, ImmutableArray<ClusterName?> relays)
    {
        var (desired, skipped) = (new List<DesiredObject>(), new List<PlannedAction>());
        var marked = group.Clusters.Where(cluster => seen.Clusters.ContainsKey(cluster.Name))
            .SelectMany(cluster => seen.Clusters[cluster.Name].Marked, (cluster, service) => (Cluster: cluster, Service: service))
            .Where(entry => EndpointMark.IsSet(entry.Service) && !entry.Service.IsTerminating())
            .GroupBy(entry => FederationNames.NameOf(entry.Service)).OrderBy(entries => entries.Key);
        foreach (var entries in marked)
        {
            var id = EndpointFilters.ServiceId(group.ControlPlane.Name, entries.Key);
            var host = entries.Key.ClusterHost(group.ControlPlane);
            var fault = entries.Select(entry => EndpointMark.Fault(entry.Service)).OfType<string>().FirstOrDefault() ?? PassesThrough(view.DestinationRules, host, group.ControlPlane.ClusterDomain);
            if (fault is null && relays.IsEmpty)
                fault = $"{EndpointMark.Key} needs the relay, by which proxies reach us: no cluster of this control plane has webhook: {{reach: relay}} in place";
            if (fault is null)
                desired.Add(EndpointFilters.Service(id, mesh.Name, host, relays));
            else
                skipped.Add(new PlannedAction.Skipped(new ObjectId(entries.First().Cluster.Name, ResourceKind.Service, entries.Key.Namespace, entries.Key.Name), fault));
        }

        return (desired, skipped);
    }

    /// <summary>The PEM by which API servers trust the relay; null where the webhook does not go by it.</summary>
    private static string? CaOfRelay(JsonObject? webhook)
    {
        var clients = webhook.List("webhooks").Objects().Select(entry => entry.Object("clientConfig")).Where(client => client.Object("service").Text("name") == RelayService.Name);
        if (clients.Select(client => client.Text("caBundle")).OfType<string>().FirstOrDefault() is not { Length: > 0 } bundle) return null;
        var bytes = new byte[bundle.Length];
        return Convert.TryFromBase64String(bundle, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    // Such clusters have no endpoints to discover, and Envoy refuses a discovery in them.
    private static string? PassesThrough(IEnumerable<JsonObject> rules, string host, string clusterDomain) => rules
        .FirstOrDefault(rule => RuleChoice.Concerns(rule, host, clusterDomain) && Policies(rule.Object("spec")).Any(policy => policy.Object("loadBalancer").Text("simple") == "PASSTHROUGH")) is { } passing
        ? $"{EndpointMark.Key} is of no use beside DestinationRule {passing.NamespaceName()}/{passing.Name()}, whose loadBalancer is PASSTHROUGH"
        : null;

    private static IEnumerable<JsonObject> Policies(JsonObject? spec) =>
        new[] { spec }.Concat(spec.List("subsets").Objects()).Select(owner => owner.Object("trafficPolicy")).OfType<JsonObject>()
            .SelectMany(policy => policy.List("portLevelSettings").Objects().Prepend(policy));
}
