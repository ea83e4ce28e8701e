using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>The AdmissionReview that a webhook receives.</summary>
internal static class AdmissionReviewBody
{
    public static JsonObject Build(WebhookCall call, string apiVersion, string uid)
    {
        var attributes = call.Attributes;
        var request = new JsonObject
        {
            ["uid"] = uid,
            ["kind"] = Kind(attributes, attributes.Resource),
            ["resource"] = Resource(attributes.Resource),
        };
        var subresource = attributes.Subresource;
        if (!string.IsNullOrEmpty(subresource))
            request["subResource"] = subresource;
        request["requestKind"] = Kind(attributes, call.Original);
        request["requestResource"] = Resource(call.Original);
        if (!string.IsNullOrEmpty(subresource))
            request["requestSubResource"] = subresource;
        if (!string.IsNullOrEmpty(attributes.Name))
            request["name"] = attributes.Name;
        // The namespace of a namespace is itself.
        var ns = attributes.Resource is { Group: "", Plural: "namespaces" } ? attributes.Name : attributes.Namespace;
        if (!string.IsNullOrEmpty(ns))
            request["namespace"] = ns;
        request["operation"] = attributes.Operation;
        request["userInfo"] = User(attributes.User);
        request["object"] = attributes.Object?.DeepClone();
        request["oldObject"] = attributes.OldObject?.DeepClone();
        request["dryRun"] = attributes.DryRun;
        request["options"] = attributes.Options.DeepClone();
        return new JsonObject { ["kind"] = "AdmissionReview", ["apiVersion"] = apiVersion, ["request"] = request };
    }

    /// <summary>Subresources such as binding, scale and token carry objects of a kind of their own.</summary>
    private static JsonObject Kind(AdmissionAttributes attributes, ResourceDefinition resource)
    {
        var carried = attributes.Object ?? attributes.OldObject;
        if (carried.Text("kind") is not { Length: > 0 } kind || kind == resource.Kind)
            return Kind(resource.Group, resource.Version, resource.Kind);
        var apiVersion = carried.Text("apiVersion");
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return Kind(slash < 0 ? "" : apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    private static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonObject Resource(ResourceDefinition resource) =>
        new() { ["group"] = resource.Group, ["version"] = resource.Version, ["resource"] = resource.Plural };

    private static JsonObject User(RequestUser user)
    {
        var info = new JsonObject { ["username"] = user.Name };
        if (!string.IsNullOrEmpty(user.Uid))
            info["uid"] = user.Uid;
        if (user.Groups.Count > 0)
            info["groups"] = new JsonArray([.. user.Groups.Select(group => JsonValue.Create(group))]);
        return info;
    }
}
