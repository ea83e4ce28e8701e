using System.Collections.Immutable;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Status;

/// <summary>How each global name stands, from what a run would plan it from, and from what it would do.</summary>
internal sealed class NameOverviews
{
    private readonly MeshDocument _mesh;
    private readonly FederationSnapshot _seen;
    private readonly MeshExports _exports;
    private readonly ILookup<ServiceName, PlannedAction> _actions;
    private readonly ILookup<ServiceName, (ClusterName Cluster, string? Address)> _entries;
    private readonly ILookup<ServiceName, SeenExport> _asked;

    public NameOverviews(MeshDocument mesh, FederationSnapshot seen, Plan plan)
    {
        (_mesh, _seen) = (mesh, seen);
        _exports = MeshExports.Of(mesh, seen);
        _actions = plan.Actions.Select(action => (Service: ServiceOf(mesh, action.Id), Action: action)).Where(pair => pair.Service is not null)
            .ToLookup(pair => pair.Service ?? default, pair => pair.Action);
        _entries = seen.Clusters.SelectMany(cluster => cluster.Value.ServiceEntries, (cluster, entry) => (Cluster: cluster.Key, Entry: entry))
            .Where(found => Ownership.IsOurs(found.Entry, mesh.Name) && KnownExporters.NameOf(found.Entry) is { Pod: null })
            .ToLookup(found => KnownExporters.ServiceOf(found.Entry) ?? default, found => (found.Cluster, found.Entry.Label(FederationNames.AddressLabel)));
        _asked = _exports.Seen.ToLookup(export => export.Name);
    }

    /// <summary>The service whose name an object of a plan is for; null where it is for more, or for something else.</summary>
    public static ServiceName? ServiceOf(MeshDocument mesh, ObjectId id)
    {
        if (id.Kind == ResourceKind.Service || id.Kind.Kind == ResourceKind.ServiceExport.Kind)
            return new ServiceName(id.Namespace ?? "", id.Name);
        if (id.Kind != ResourceKind.ServiceEntry && id.Kind != ResourceKind.DestinationRule)
            return null;
        var below = id.Name.EndsWith($".{mesh.Domain}", StringComparison.Ordinal) ? id.Name[..^(mesh.Domain.Length + 1)] : id.Name;
        return below.Split('.') is [.., var name, var ns] ? new ServiceName(ns, name) : null;
    }

    public int CountIn(ClusterName controlPlane) => _entries.Count(name => name.Any(entry => entry.Cluster == controlPlane));

    public ImmutableArray<NameOverview> All() =>
    [
        .. _exports.Services.Keys.Concat(_asked.Select(name => name.Key)).Concat(_entries.Select(name => name.Key)).Distinct().Order().Select(Of),
    ];

    private NameOverview Of(ServiceName name)
    {
        var service = _exports.Services.GetValueOrDefault(name);
        var standing = service is null ? [] : service.Accepted.Select(exporter => (Exporter: exporter, IsLeftOut: false))
            .Concat(service.Conflicting.Select(exporter => (Exporter: exporter, IsLeftOut: true)));
        var exporters = standing.Select(offer => new ExporterOverview(
                offer.Exporter.Cluster, offer.Exporter.Ready, !_seen.Clusters.ContainsKey(offer.Exporter.Cluster) ? "remembered" : offer.IsLeftOut ? "left out" : "serves"))
            .Concat(_asked[name].Where(export => export.Exporter is null).Select(export => new ExporterOverview(export.Cluster.Name, 0, "refused")));
        return new NameOverview(
            name.GlobalHost(_mesh.Domain),
            Address(name),
            [.. exporters],
            [.. _entries[name].Select(entry => entry.Cluster).Distinct().Order()],
            [.. _actions[name].Where(action => action.IsWrite).Select(action => action.Id.Cluster).Distinct().Order()],
            [.. _actions[name].OfType<PlannedAction.Skipped>().Select(skip => $"{skip.Id.Cluster}: {skip.Reason}").Distinct().Order(StringComparer.Ordinal)]);
    }

    private string? Address(ServiceName name) =>
        _entries[name].Select(entry => entry.Address).OfType<string>().FirstOrDefault()
        ?? _asked[name].Select(export => export.Service is { } service ? AddressClaim.OfService(service)?.Address : null).OfType<string>().FirstOrDefault();
}
