using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Something that is wrong with an export: a reason for machines, in one word, and what to tell its user.</summary>
internal sealed record ExportFault(string Reason, string Message);

/// <summary>What asks to be exported, by a Service's label, a ServiceExport or both (which is one export), and what became of it.</summary>
/// <param name="Cluster">Where.</param>
/// <param name="Name">Which.</param>
/// <param name="Service">Null where a ServiceExport names no Service.</param>
/// <param name="Declaration">The ServiceExport; null where there is none.</param>
internal sealed record SeenExport(MeshCluster Cluster, ServiceName Name, JsonObject? Service, JsonObject? Declaration)
{
    /// <summary>The offer; null where it is refused.</summary>
    public Exporter? Exporter { get; init; }

    public ExportFault? Refusal { get; init; }

    /// <summary>What does not keep it from being exported, but not all of it works.</summary>
    public ImmutableArray<ExportFault> Notes { get; init; } = [];

    public bool IsLabelled => Service is not null && FederationNames.IsExported(Service);
}
