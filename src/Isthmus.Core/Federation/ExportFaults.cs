using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>What is wrong with an export beside the Service itself: the words, and what to do.</summary>
internal static class ExportFaults
{
    public const string NotAllowed = "NamespaceNotAllowed";

    /// <summary>Faults of an export that is not refused, beside its conflicts, in the order in which they are told.</summary>
    public static IEnumerable<ExportFault> Of(MeshDocument mesh, FederationSnapshot snapshot, SeenExport export, GlobalService? service, bool hasAddress)
    {
        if (export.Exporter is { } exporter)
        {
            if (UnknownImporters(mesh, exporter) is { } unknown)
                yield return unknown;
            if (PolicyProblems.Unreachable(mesh, snapshot, export.Cluster, exporter) is { } unreachable)
                yield return new ExportFault(NoGatewayReason, unreachable);
            else if (PolicyProblems.For(mesh, snapshot, service, export.Cluster, exporter) is { } problem)
                yield return new ExportFault("TrafficPolicy", problem);
            if (!hasAddress)
                yield return NoAddress(mesh);
        }

        foreach (var note in export.Notes)
            yield return note;
    }

    /// <summary>Whether a fault keeps others from reaching the export.</summary>
    public static bool IsGrave(ExportFault fault) => fault.Reason is NoGatewayReason or NoAddressReason;

    private const string NoAddressReason = "NoAddress";

    private const string NoGatewayReason = "NoGateway";

    private static ExportFault NoAddress(MeshDocument mesh) => new(NoAddressReason, NoAddressText(mesh));

    public static string NoAddressText(MeshDocument mesh) =>
        $"no address is free in the mesh's addressRange {mesh.AddressRange}, which holds {new VirtualAddressRange(mesh.AddressRange).Count} names: widen it in the mesh document, or export less";

    private static ExportFault? UnknownImporters(MeshDocument mesh, Exporter exporter)
    {
        var unknown = exporter.ExportTo?.Where(cluster => mesh.Find(new ClusterName(cluster)) is null).ToImmutableArray() ?? [];
        return unknown.IsEmpty
            ? null
            : new ExportFault("UnknownCluster", $"{FederationNames.ExportToAnnotation} names no cluster of the mesh: {string.Join(", ", unknown)}");
    }
}
