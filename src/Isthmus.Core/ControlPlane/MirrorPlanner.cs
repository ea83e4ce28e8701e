using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>
/// Clusters under one control plane share their Services, but each resolves the names of its own only. A Service that another cluster of
/// them has gets a mirror, where its namespace exists and Istio's DNS proxy does not answer. A user's own Service always comes first. Between
/// a cluster that its istiod does not read and the others no mirror begins, and none that is in use ends.
/// </summary>
public static class MirrorPlanner
{
    public const string Selector = ServiceMirrors.Label;

    public static Plan Plan(MeshDocument mesh, MirrorSnapshot seen)
    {
        var actions = new List<PlannedAction>();
        var grouped = ServedGroup.All(mesh).Where(group => group.IsShared).SelectMany(group => group.Clusters.Select(cluster => (cluster.Name, Group: group)))
            .ToDictionary(entry => entry.Name, entry => entry.Group);
        foreach (var cluster in mesh.Clusters.Where(cluster => seen.Clusters.ContainsKey(cluster.Name)))
            actions.AddRange(new ClusterMirrors(mesh, seen, cluster, grouped.GetValueOrDefault(cluster.Name)).Plan());
        return new Plan(actions).OwnedOnly(mesh.Name);
    }

    /// <summary>The mirrors of one cluster.</summary>
    private sealed class ClusterMirrors(MeshDocument mesh, MirrorSnapshot seen, MeshCluster cluster, ServedGroup? group)
    {
        private readonly MirrorView _view = seen.Clusters[cluster.Name];

        private bool IsWanted => group is not null && cluster.Dns != DnsKind.Sidecar;

        public IEnumerable<PlannedAction> Plan()
        {
            var mirrors = _view.Mirrors.Where(mirror => ServiceMirrors.IsMirror(mirror, mesh.Name) && seen.Scope.Includes(FederationNames.NameOf(mirror)))
                .ToDictionary(FederationNames.NameOf);
            var own = _view.Services.Where(service => !ServiceMirrors.IsMirror(service, mesh.Name)).Select(FederationNames.NameOf).ToHashSet();
            var sources = IsWanted ? Sources() : ImmutableSortedDictionary<ServiceName, (ClusterName From, JsonObject Service)>.Empty;
            var namespaces = _view.Namespaces.Where(ns => !ns.IsTerminating()).Select(ns => ns.Name()).ToHashSet(StringComparer.Ordinal);
            foreach (var (name, mirror) in mirrors)
                yield return Existing(name, mirror, own.Contains(name), sources);
            var missing = sources.Where(source => !mirrors.ContainsKey(source.Key) && !own.Contains(source.Key) && IsRead(source.Value.Item1)).ToLookup(source => namespaces.Contains(source.Key.Namespace));
            foreach (var (name, (from, source)) in missing[true])
            {
                yield return ServiceMirrors.Fault(source) is { } fault
                    ? new PlannedAction.Skipped(Id(name), $"it is not mirrored from cluster {from}: {fault}")
                    : new PlannedAction.Create(Id(name), ServiceMirrors.New(mesh, Id(name), from, source));
            }

            foreach (var standing in _view.Services.Where(service => own.Contains(FederationNames.NameOf(service))))
            {
                var name = FederationNames.NameOf(standing);
                if (sources.TryGetValue(name, out var source) && InTheWay(standing, source.From, source.Service) is { } reason)
                    yield return new PlannedAction.Skipped(Id(name), reason);
            }

            foreach (var absent in missing[false].GroupBy(source => source.Key.Namespace))
            {
                yield return new PlannedAction.Skipped(
                    new ObjectId(cluster.Name, ResourceKind.Namespace, null, absent.Key),
                    $"the names of {absent.Count()} Services of other clusters do not resolve here, since the namespace is not there: create it, and they get mirrors");
            }
        }

        private PlannedAction Existing(
            ServiceName name, JsonObject mirror, bool hasOwn, ImmutableSortedDictionary<ServiceName, (ClusterName From, JsonObject Service)> sources)
        {
            var id = Id(name);
            if (mirror.IsTerminating())
                return new PlannedAction.Skipped(id, "is being deleted");
            if (ServiceMirrors.IsTakenOver(mirror))
                return PlanDiff.Step(id, mirror, ServiceMirrors.Released(mirror));
            var from = mirror.Annotation(ServiceMirrors.SourceAnnotation);
            if (!IsWanted || hasOwn)
                return new PlannedAction.Delete(id, mirror);
            // What a silent cluster has is not known, so what it stood for stays as it is.
            if (group is not null && group.Clusters.Any(other => other.Name.Value == from && !seen.Clusters.ContainsKey(other.Name)))
                return new PlannedAction.Unchanged(id);
            return sources.TryGetValue(name, out var source) && ServiceMirrors.Fault(source.Service) is null
                ? PlanDiff.Step(id, mirror, ServiceMirrors.InStep(mirror, source.From, source.Service))
                : new PlannedAction.Delete(id, mirror);
        }

        /// <summary>Of each name the Service that speaks for it: that of the first cluster, by name, whose Service can be mirrored.</summary>
        private ImmutableSortedDictionary<ServiceName, (ClusterName From, JsonObject Service)> Sources()
        {
            var others = group?.Clusters.Where(other => other.Name != cluster.Name && seen.Clusters.ContainsKey(other.Name)) ?? [];
            return others.SelectMany(other => seen.Clusters[other.Name].Services.Where(service => IsSource(other, service)).Select(service => (From: other.Name, Service: service)))
                .Where(source => ServiceMirrors.Fault(source.Service) is not "")
                .GroupBy(source => FederationNames.NameOf(source.Service))
                .Where(sources => seen.Scope.Includes(sources.Key))
                .ToImmutableSortedDictionary(
                    sources => sources.Key,
                    sources => sources.OrderBy(source => ServiceMirrors.Fault(source.Service) is not null)
                        .ThenBy(source => seen.KeptOut.Contains(source.From)).ThenBy(source => source.From).First());
        }

        /// <summary>What is wrong with a Service that stands where a mirror would; null where it does as well as one, or better.</summary>
        private string? InTheWay(JsonObject standing, ClusterName from, JsonObject source)
        {
            if (ServiceMirrors.IsMirrorOfAnother(standing, mesh.Name))
                return Ownership.Clash(standing, mesh.Name);
            // To clients of one control plane the two are one Service, with the ports of whichever istiod comes across first.
            return ServiceMirrors.Difference(standing, source) is { } ports
                ? $"clusters {cluster.Name} and {from} have it with other ports ({ports}), and to their control plane it is one Service: a port that one of them lacks is not reached everywhere. Give both the same ports, or one of them another name"
                : null;
        }

        private bool IsRead(ClusterName from) => !seen.KeptOut.Contains(from) && !seen.KeptOut.Contains(cluster.Name);

        // Never a mirror, of whatever mesh, or two clusters would keep each other's alive.
        private static bool IsSource(MeshCluster other, JsonObject service) =>
            service.Label(Ownership.ManagedByLabel) != Ownership.ManagedByValue && service.NamespaceName() is { } ns && !SystemNamespaces.IsSystem(ns)
            && FederationNames.NameOf(service) != other.Gateway?.Service && FederationNames.NameOf(service) != new ServiceName("default", "kubernetes");

        private ObjectId Id(ServiceName name) => new(cluster.Name, ResourceKind.Service, name.Namespace, name.Name);
    }
}
