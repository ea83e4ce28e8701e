using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>Which part of the mesh one object is needed for, and when an export may be called ready.</summary>
public static class ExportReadiness
{
    /// <summary>Whether an action is the first to tell a ServiceExport that it is ready.</summary>
    public static bool IsBegunBy(PlannedAction action) =>
        action is PlannedAction.Replace { IsVerdict: true } verdict && !ExportConditions.IsTold(verdict.Live) && ExportConditions.IsTold(verdict.Content);

    /// <summary>The exports that one of our objects is needed for: one service, or with an empty name all of its namespace; null where it is none of these objects.</summary>
    public static ServiceName? NeededFor(JsonObject obj) =>
        obj.Label(KnownExporters.NamespaceLabel) is { } ns ? new ServiceName(ns, obj.Label(KnownExporters.ServiceLabel) ?? "") : null;
}
