using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>Our annotations on users' Services, and the label's twin where a ServiceExport exports one: the only thing in them that we write.</summary>
internal static class ServiceMarks
{
    public static PlannedAction Export(SeenExport export, JsonObject service, AddressClaim? claim, string? problem)
    {
        var content = (JsonObject)service.DeepClone();
        // A ServiceExport has a creation time and conditions of its own.
        if (export.Exporter is { } exporter)
            Annotate(content, FederationNames.ExportedSinceAnnotation, export.IsLabelled ? AddressClaim.Write(exporter.Since) : null);
        if (claim is { } held)
        {
            Annotate(content, FederationNames.AddressAnnotation, held.Address);
            Annotate(content, FederationNames.AddressClaimedAnnotation, AddressClaim.Write(held.Claimed));
        }

        Annotate(content, FederationNames.ProblemAnnotation, export.IsLabelled ? problem : null);
        var needsTwin = export.Declaration is not null && !export.IsLabelled && export.Refusal?.Reason != ExportFaults.NotAllowed;
        Set(content, "labels", FederationNames.ExportedLabel, needsTwin ? "true" : null);
        return Step(export.Cluster.Name, service, content);
    }

    /// <summary>What stays on a Service that is no longer exported: its address, so that the name has it again when it comes back.</summary>
    public static PlannedAction Withdrawn(Mesh.ClusterName cluster, JsonObject service)
    {
        var content = (JsonObject)service.DeepClone();
        Clear(content);
        return Step(cluster, service, content);
    }

    /// <summary>Nothing of ours stays on the Services of a cluster that leaves.</summary>
    public static PlannedAction Left(Mesh.ClusterName cluster, JsonObject service)
    {
        var content = (JsonObject)service.DeepClone();
        Clear(content);
        Annotate(content, FederationNames.AddressAnnotation, null);
        Annotate(content, FederationNames.AddressClaimedAnnotation, null);
        return Step(cluster, service, content);
    }

    private static void Clear(JsonObject content)
    {
        Annotate(content, FederationNames.ExportedSinceAnnotation, null);
        Annotate(content, FederationNames.ProblemAnnotation, null);
        Set(content, "labels", FederationNames.ExportedLabel, null);
    }

    private static PlannedAction Step(Mesh.ClusterName cluster, JsonObject live, JsonObject content) =>
        PlanDiff.Step(new ObjectId(cluster, ResourceKind.Service, live.NamespaceName(), live.Name()), live, content);

    private static void Annotate(JsonObject service, string key, string? value) => Set(service, "annotations", key, value);

    private static void Set(JsonObject service, string map, string key, string? value)
    {
        var metadata = (JsonObject)(service["metadata"] ??= new JsonObject());
        if (value is not null)
        {
            if (metadata[map] is not JsonObject)
                metadata[map] = new JsonObject();
            ((JsonObject?)metadata[map])?[key] = value;
        }
        else if (metadata[map] is JsonObject entries && entries.Remove(key) && entries.Count == 0)
        {
            metadata.Remove(map);
        }
    }
}
