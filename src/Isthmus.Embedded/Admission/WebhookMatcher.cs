using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>Decides whether a webhook is called: rules, then namespaceSelector, then objectSelector on the new or the old object.</summary>
internal static class WebhookMatcher
{
    /// <summary>Webhook configurations are never sent to webhooks: nobody could repair a broken one.</summary>
    public static bool IsExempt(ResourceDefinition resource) =>
        resource is { Group: "admissionregistration.k8s.io", Plural: "mutatingwebhookconfigurations" or "validatingwebhookconfigurations" };

    public static WebhookCall? Match(Webhook webhook, AdmissionAttributes attributes, IWebhookConfigurations configurations)
    {
        if (!MatchesNamespace(webhook, attributes, configurations) || !MatchesObject(webhook, attributes))
            return null;
        var rules = webhook.Spec.Objects("rules").ToArray();
        if (Array.Exists(rules, rule => MatchesRule(rule, attributes, attributes.Resource)))
            return new WebhookCall(webhook, attributes, attributes.Resource);
        if (webhook.Spec.Text("matchPolicy") == "Exact")
            return null;
        var equivalent = configurations.Versions(attributes.Resource).FirstOrDefault(version => Array.Exists(rules, rule => MatchesRule(rule, attributes, version)));
        return equivalent is null ? null : new WebhookCall(webhook, Converted(attributes, equivalent), attributes.Resource);
    }

    private static bool MatchesRule(JsonObject rule, AdmissionAttributes attributes, ResourceDefinition resource) =>
        Names(rule, "operations", attributes.Operation) && Names(rule, "apiGroups", resource.Group) && Names(rule, "apiVersions", resource.Version)
        && MatchesScope(rule.Text("scope"), attributes)
        && rule.Texts("resources").Any(pattern => MatchesResource(pattern, resource.Plural, attributes.Subresource ?? ""));

    private static bool Names(JsonObject rule, string field, string value) => rule.Texts(field).Any(given => given == "*" || given == value);

    private static bool MatchesScope(string scope, AdmissionAttributes attributes) => scope switch
    {
        "Namespaced" => IsNamespaced(attributes),
        "Cluster" => !IsNamespaced(attributes),
        _ => true,
    };

    /// <summary>Namespaces themselves count as cluster-scoped.</summary>
    private static bool IsNamespaced(AdmissionAttributes attributes) => attributes.Resource.Namespaced;

    private static bool MatchesResource(string pattern, string resource, string subresource)
    {
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        var (patternResource, patternSubresource) = slash < 0 ? (pattern, "") : (pattern[..slash], pattern[(slash + 1)..]);
        return (patternResource == "*" || patternResource == resource) && (patternSubresource == "*" || patternSubresource == subresource);
    }

    private static bool MatchesNamespace(Webhook webhook, AdmissionAttributes attributes, IWebhookConfigurations configurations)
    {
        if (webhook.Spec.Object("namespaceSelector") is not { Count: > 0 } selector)
            return true;
        if (IsNamespace(attributes.Resource) && attributes is { Subresource: null or "", Operation: "CREATE" or "UPDATE" })
            return SelectorRules.Matches(selector, attributes.Object.Strings("metadata", "labels"));
        var name = IsNamespace(attributes.Resource) ? attributes.Name : attributes.Namespace;
        if (string.IsNullOrEmpty(name))
            return true;
        return configurations.NamespaceLabels(name) is { } labels && SelectorRules.Matches(selector, labels);
    }

    private static bool MatchesObject(Webhook webhook, AdmissionAttributes attributes) =>
        webhook.Spec.Object("objectSelector") is not { Count: > 0 } selector
        || HasLabels(selector, attributes.Object) || HasLabels(selector, attributes.OldObject);

    private static bool HasLabels(JsonObject selector, JsonObject? obj) => obj is not null && SelectorRules.Matches(selector, obj.Strings("metadata", "labels"));

    private static bool IsNamespace(ResourceDefinition resource) => resource is { Group: "", Plural: "namespaces" };

    private static AdmissionAttributes Converted(AdmissionAttributes attributes, ResourceDefinition version) => attributes with
    {
        Resource = version,
        Object = Converted(attributes.Object, version),
        OldObject = Converted(attributes.OldObject, version),
    };

    private static JsonObject? Converted(JsonObject? obj, ResourceDefinition version)
    {
        if (obj?.DeepClone() is not JsonObject copy)
            return null;
        copy["apiVersion"] = version.ApiVersion;
        return copy;
    }
}
