using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Events;

/// <summary>Reads an AdmissionReview of the change webhooks: does the write change anything that Isthmus reads?</summary>
public static class ChangeReview
{
    /// <summary>Decides over a review; a write of the cluster's gateway Service concerns the whole cluster.</summary>
    public static ChangeDecision Decide(MeshCluster cluster, JsonObject review)
    {
        if (review["request"] is not JsonObject request)
            return new ChangeDecision.Malformed("the AdmissionReview has no request");
        if (Text(request, "uid") is null)
            return new ChangeDecision.Malformed("the AdmissionReview's request has no uid");
        if (request["dryRun"] is JsonValue dryRun && dryRun.TryGetValue<bool>(out var dry) && dry)
            return new ChangeDecision.Nothing("dry run");
        var kind = (request["kind"] as JsonObject) is { } group ? Text(group, "kind") : null;
        var (live, old) = (request["object"] as JsonObject, request["oldObject"] as JsonObject);
        if (kind is null || (live ?? old) is not { } obj)
            return new ChangeDecision.Malformed("the AdmissionReview's request has no kind or no object");
        if (JsonNode.DeepEquals(ChangeFingerprint.Of(kind, live), ChangeFingerprint.Of(kind, old)))
            return new ChangeDecision.Nothing("nothing that Isthmus reads has changed");
        return EventOf(cluster, kind, Text(request, "operation") ?? "UPDATE", request, obj, old);
    }

    /// <summary>What counts in an EndpointSlice, as text: while it stays the same, a change of the slice is nobody's business here.</summary>
    public static string FingerprintOfSlice(JsonObject slice) => ChangeFingerprint.Of("EndpointSlice", slice)?.ToJsonString() ?? "";

    private static ChangeDecision EventOf(MeshCluster cluster, string kind, string operation, JsonObject request, JsonObject obj, JsonObject? old)
    {
        // The namespace of the request counts: an object that is created may leave it out.
        var ns = Text(request, "namespace") ?? obj.NamespaceName();
        var name = kind == "EndpointSlice" ? obj.Label("kubernetes.io/service-name") : Text(request, "name") ?? obj.Name();
        if (string.IsNullOrEmpty(ns) || string.IsNullOrEmpty(name))
            return new ChangeDecision.Nothing("it belongs to no Service");
        var service = new ServiceName(ns, name);
        if (kind == "Service" && cluster.Gateway?.Service == service)
            return new ChangeDecision.Publish(new MeshEvent.ClusterChanged(cluster.Name));
        return new ChangeDecision.Publish(new MeshEvent.ServiceChanged(cluster.Name, service, operation, old?.Uid(), old?.ResourceVersion())
        {
            Kind = kind,
            // An object whose name the server has yet to make is not waited for by name.
            ObjectName = Text(request, "name") ?? (obj.Name().Length > 0 ? obj.Name() : name),
        });
    }

    private static string? Text(JsonObject fields, string name) => ObjectMetadata.TextOf(fields[name]) is { Length: > 0 } text ? text : null;
}
