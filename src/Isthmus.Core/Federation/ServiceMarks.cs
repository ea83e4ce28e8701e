using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>Our annotations on users' Services: the only thing in them that we write.</summary>
internal static class ServiceMarks
{
    public static PlannedAction Export(ServiceExport export, AddressClaim? claim, string? problem)
    {
        var content = (JsonObject)export.Service.DeepClone();
        if (export.Exporter is { } exporter)
            Set(content, FederationNames.ExportedSinceAnnotation, AddressClaim.Write(exporter.Since));
        if (claim is { } held)
        {
            Set(content, FederationNames.AddressAnnotation, held.Address);
            Set(content, FederationNames.AddressClaimedAnnotation, AddressClaim.Write(held.Claimed));
        }

        Set(content, FederationNames.ProblemAnnotation, problem);
        return Step(export.Cluster.Name, export.Service, content);
    }

    /// <summary>What stays on a Service that is no longer exported: its address, so that the name has it again when it comes back.</summary>
    public static PlannedAction Withdrawn(Mesh.ClusterName cluster, JsonObject service)
    {
        var content = (JsonObject)service.DeepClone();
        Set(content, FederationNames.ExportedSinceAnnotation, null);
        Set(content, FederationNames.ProblemAnnotation, null);
        return Step(cluster, service, content);
    }

    /// <summary>Nothing of ours stays on the Services of a cluster that leaves.</summary>
    public static PlannedAction Left(Mesh.ClusterName cluster, JsonObject service)
    {
        var content = (JsonObject)service.DeepClone();
        Set(content, FederationNames.ExportedSinceAnnotation, null);
        Set(content, FederationNames.ProblemAnnotation, null);
        Set(content, FederationNames.AddressAnnotation, null);
        Set(content, FederationNames.AddressClaimedAnnotation, null);
        return Step(cluster, service, content);
    }

    private static PlannedAction Step(Mesh.ClusterName cluster, JsonObject live, JsonObject content) =>
        PlanDiff.Step(new ObjectId(cluster, ResourceKind.Service, live.NamespaceName(), live.Name()), live, content);

    private static void Set(JsonObject service, string key, string? value)
    {
        var metadata = (JsonObject)(service["metadata"] ??= new JsonObject());
        if (value is not null)
        {
            if (metadata["annotations"] is not JsonObject)
                metadata["annotations"] = new JsonObject();
            ((JsonObject?)metadata["annotations"])?[key] = value;
        }
        else if (metadata["annotations"] is JsonObject annotations && annotations.Remove(key) && annotations.Count == 0)
        {
            metadata.Remove("annotations");
        }
    }
}
