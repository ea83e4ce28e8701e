using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>Tells every exporter on its own objects what became of its export: annotations and Events, or a ServiceExport's conditions.</summary>
internal sealed class ExportReport(
    MeshDocument mesh, FederationSnapshot snapshot, MeshExports exports, ImmutableSortedDictionary<GlobalName, AddressClaim> claims)
{
    public IEnumerable<PlannedAction> Write()
    {
        var inScope = exports.Seen.Where(export => snapshot.Scope.Includes(export.Name)).ToList();
        var asked = inScope.Select(export => (export.Cluster.Name, export.Name)).ToHashSet();
        return inScope.SelectMany(Tell).Concat(snapshot.Clusters.SelectMany(entry => Withdrawn(entry.Key, entry.Value, asked)));
    }

    private IEnumerable<PlannedAction> Tell(SeenExport export)
    {
        var claim = export.Exporter is not null && claims.TryGetValue(new GlobalName(export.Name), out var held) ? held : (AddressClaim?)null;
        var service = exports.Services.GetValueOrDefault(export.Name);
        IReadOnlyList<ExportFault> conflicts = service is null || export.Exporter is null ? [] : [.. service.ConflictsFor(export.Cluster.Name)];
        var isLeftOut = service?.IsLeftOut(export.Cluster.Name) ?? false;
        IReadOnlyList<ExportFault> faults = export.Refusal is { } refusal ? [refusal] : [.. conflicts, .. ExportFaults.Of(mesh, snapshot, export, service, (service?.Names ?? []).All(claims.ContainsKey))];
        var told = new List<PlannedAction>();
        if (export.Service is { } live)
        {
            told.Add(ServiceMarks.Export(export, live, claim, faults.Count == 0 ? null : string.Join("; ", faults.Select(fault => fault.Message))));
            if (export.IsLabelled)
                told.AddRange(Events(export.Cluster.Name, live, faults));
        }

        if (export.Declaration is { } declaration)
        {
            var conditions = ExportConditions.Of(mesh, export, conflicts, isLeftOut, claim, faults);
            told.Add(ExportConditions.Tell(export.Cluster.Name, declaration, conditions, snapshot.Now));
        }

        return told.Concat(faults.Select(fault => new PlannedAction.Skipped(told[0].Id, fault.Message))).ToList();
    }

    // The annotation shows what was told already: an Event lasts an hour only, and nobody wants it told again on each run.
    private IEnumerable<PlannedAction> Events(ClusterName cluster, JsonObject service, IEnumerable<ExportFault> faults)
    {
        var told = service.Annotation(FederationNames.ProblemAnnotation) ?? "";
        return faults.Where(fault => !told.Contains(fault.Message, StringComparison.Ordinal)).Select(fault => ExportEvents.Warn(cluster, service, fault, snapshot.Now));
    }

    private IEnumerable<PlannedAction> Withdrawn(ClusterName name, ClusterSnapshot seen, HashSet<(ClusterName, ServiceName)> asked)
    {
        var isLeaving = mesh.Find(name) is { Leaving: true };
        foreach (var service in seen.Services.Where(service => snapshot.Scope.Includes(FederationNames.NameOf(service)) && !service.IsTerminating()))
        {
            if (isLeaving)
                yield return ServiceMarks.Left(name, service);
            else if (!asked.Contains((name, FederationNames.NameOf(service))))
                yield return ServiceMarks.Withdrawn(name, service);
        }

        foreach (var declaration in seen.ServiceExports.Where(declaration => isLeaving && snapshot.Scope.Includes(FederationNames.NameOf(declaration)) && ExportConditions.IsTold(declaration)))
            yield return ExportConditions.Tell(name, declaration, [new ExportCondition("Ready", false, "Left", $"cluster {name} leaves mesh {mesh.Name}")], snapshot.Now);
    }
}
