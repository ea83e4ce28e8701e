using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

/// <summary>MutatingWebhookConfiguration and ValidatingWebhookConfiguration.</summary>
internal sealed class WebhookConfigurationKind : BuiltInKind
{
    private static readonly string[] Operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
    private static readonly string[] ReviewVersions = ["v1", "v1beta1"];

    public WebhookConfigurationKind(ResourceDefinition resource)
        : base(resource, [Column.Name, Column.Of("Webhooks", obj => obj.Items("webhooks").Count(), "integer"), Column.Age]) =>
        GenerationFields = ["webhooks"];

    public override bool AllowUnconditionalUpdate => false;

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj))
            yield return error;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (webhook, i) in obj.Objects("webhooks").Select((webhook, i) => (webhook, i)))
        {
            var path = $"webhooks[{i}]";
            foreach (var error in Webhook(webhook, path))
                yield return error;
            foreach (var error in Versions(webhook, path))
                yield return error;
            if (webhook.Text("name") is { Length: > 0 } name && !names.Add(name))
                yield return FieldErrors.Duplicate($"{path}.name", name);
        }
    }

    private static IEnumerable<FieldError> Webhook(JsonObject webhook, string path)
    {
        foreach (var error in FullyQualified(webhook.Text("name"), $"{path}.name"))
            yield return error;
        foreach (var (rule, i) in webhook.Objects("rules").Select((rule, i) => (rule, i)))
            foreach (var error in Rule(rule, $"{path}.rules[{i}]"))
                yield return error;
        foreach (var error in OneOf(webhook, path, "failurePolicy", "Fail", "Ignore"))
            yield return error;
        foreach (var error in OneOf(webhook, path, "matchPolicy", "Equivalent", "Exact"))
            yield return error;
        if (webhook.Text("sideEffects").Length == 0)
            yield return FieldErrors.Required($"{path}.sideEffects", "must specify one of None, NoneOnDryRun");
        else
            foreach (var error in OneOf(webhook, path, "sideEffects", "None", "NoneOnDryRun"))
                yield return error;
        if (webhook.Number("timeoutSeconds") is < 1 or > 30)
            yield return FieldErrors.Invalid($"{path}.timeoutSeconds", webhook.Number("timeoutSeconds"), "the timeout value must be between 1 and 30 seconds");
        foreach (var selector in new[] { "namespaceSelector", "objectSelector" })
            foreach (var error in SelectorRules.Validate(webhook.Object(selector), $"{path}.{selector}"))
                yield return error;
        foreach (var error in ClientConfig(webhook.Object("clientConfig") ?? [], $"{path}.clientConfig"))
            yield return error;
        foreach (var error in OneOf(webhook, path, "reinvocationPolicy", "IfNeeded", "Never"))
            yield return error;
    }

    private static IEnumerable<FieldError> OneOf(JsonObject obj, string path, string field, params string[] supported)
    {
        if (obj.Text(field) is { Length: > 0 } value && !supported.Contains(value, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported($"{path}.{field}", value, supported);
    }

    private static IEnumerable<FieldError> FullyQualified(string name, string field)
    {
        if (name.Length == 0)
        {
            yield return FieldErrors.Required(field);
            yield break;
        }

        foreach (var problem in NameRules.Subdomain(name))
            yield return FieldErrors.Invalid(field, name, problem);
        if (name.Split('.').Length < 3)
            yield return FieldErrors.Invalid(field, name, "should be a domain with at least three segments separated by dots");
    }

    private static IEnumerable<FieldError> Rule(JsonObject rule, string path)
    {
        if (!rule.Items("operations").Any())
            yield return FieldErrors.Required($"{path}.operations");
        foreach (var (operation, i) in rule.Texts("operations").Select((operation, i) => (operation, i)))
            if (!Operations.Contains(operation, StringComparer.Ordinal))
                yield return FieldErrors.NotSupported($"{path}.operations[{i}]", operation, Operations);
        if (rule.Texts("operations").Contains("*", StringComparer.Ordinal) && rule.Items("operations").Count() > 1)
            yield return FieldErrors.Invalid($"{path}.operations", rule["operations"], "if '*' is present, must not specify other operations");
        foreach (var (field, what) in new[] { ("apiGroups", "API groups"), ("apiVersions", "API versions") })
        {
            var values = rule.Texts(field).ToArray();
            if (values.Length == 0)
                yield return FieldErrors.Required($"{path}.{field}");
            if (values.Length > 1 && values.Contains("*", StringComparer.Ordinal))
                yield return FieldErrors.Invalid($"{path}.{field}", rule[field], $"if '*' is present, must not specify other {what}");
        }

        foreach (var (version, i) in rule.Texts("apiVersions").Select((version, i) => (version, i)))
            if (version.Length == 0)
                yield return FieldErrors.Required($"{path}.apiVersions[{i}]");
        foreach (var error in Resources(rule, $"{path}.resources"))
            yield return error;
        if (rule.Text("scope") is not ("Cluster" or "Namespaced" or "*"))
            yield return FieldErrors.NotSupported($"{path}.scope", rule.Text("scope"), "*", "Cluster", "Namespaced");
    }

    private static IEnumerable<FieldError> Resources(JsonObject rule, string path)
    {
        var resources = rule.Texts("resources").ToArray();
        if (resources.Length == 0)
            yield return FieldErrors.Required(path);
        for (var i = 0; i < resources.Length; i++)
        {
            var resource = resources[i];
            if (resource.Length == 0)
                yield return FieldErrors.Required($"{path}[{i}]");
            else if (resource.EndsWith("/*", StringComparison.Ordinal) && resource != "*/*"
                && Array.Find(resources, other => other != resource && other.StartsWith(resource[..^1], StringComparison.Ordinal)) is { } covered)
                yield return FieldErrors.Invalid($"{path}[{i}]", resource, $"if '{resource}' is present, must not specify {covered}");
        }

        if (resources.Length > 1 && resources.Contains("*/*", StringComparer.Ordinal))
            yield return FieldErrors.Invalid(path, rule["resources"], "if '*/*' is present, must not specify other resources");
        if (resources.Contains("*", StringComparer.Ordinal) && Array.Exists(resources, resource => resource != "*" && !resource.Contains('/', StringComparison.Ordinal)))
            yield return FieldErrors.Invalid(path, rule["resources"], "if '*' is present, must not specify other resources without subresources");
    }

    private static IEnumerable<FieldError> ClientConfig(JsonObject config, string path)
    {
        var service = config.Object("service");
        if (config.Has("url") == (service is not null))
            return [FieldErrors.Required(path, "exactly one of url or service is required")];
        return service is null ? Url(config.Text("url"), $"{path}.url") : Service(service, $"{path}.service");
    }

    private static IEnumerable<FieldError> Url(string text, string field)
    {
        const string Form = "; desired format: https://host[/path]";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            yield return FieldErrors.Required(field, $"url must be a valid URL: parse {GoValue.Quote(text)}: invalid URI for request{Form}");
            yield break;
        }

        if (url.Scheme != "https")
            yield return FieldErrors.Invalid(field, url.Scheme, $"'https' is the only allowed URL scheme{Form}");
        if (url.Host.Length == 0)
            yield return FieldErrors.Invalid(field, url.Host, $"host must be specified{Form}");
        if (url.UserInfo.Length > 0)
            yield return FieldErrors.Invalid(field, url.UserInfo, "user information is not permitted in the URL");
        if (url.Fragment.Length > 0)
            yield return FieldErrors.Invalid(field, url.Fragment[1..], "fragments are not permitted in the URL");
        if (url.Query.Length > 0)
            yield return FieldErrors.Invalid(field, url.Query[1..], "query parameters are not permitted in the URL");
    }

    private static IEnumerable<FieldError> Service(JsonObject service, string path)
    {
        foreach (var field in new[] { "name", "namespace" })
            if (service.Text(field).Length == 0)
                yield return FieldErrors.Required($"{path}.{field}", $"service {field} is required");
        if (service.Number("port") is < 1 or > 65535)
            yield return FieldErrors.Invalid($"{path}.port", service.Number("port"), "port is not valid: must be between 1 and 65535, inclusive");
        if (service.At("path").AsText() is not { } urlPath || urlPath is "/" or "")
            yield break;
        if (urlPath[0] != '/')
            yield return FieldErrors.Invalid($"{path}.path", urlPath, "must start with a '/'");
        else if (urlPath.TrimEnd('/').Contains("//", StringComparison.Ordinal) || urlPath.EndsWith("//", StringComparison.Ordinal))
            yield return FieldErrors.Invalid($"{path}.path", urlPath, "segment[0] may not be empty");
        else
        {
            foreach (var (number, segment) in urlPath[1..].TrimEnd('/').Split('/').Index())
                foreach (var problem in NameRules.Subdomain(segment))
                    yield return FieldErrors.Invalid($"{path}.path", urlPath, $"segment[{number}]: {problem}");
        }
    }

    private static IEnumerable<FieldError> Versions(JsonObject webhook, string path)
    {
        var field = $"{path}.admissionReviewVersions";
        var versions = webhook.Texts("admissionReviewVersions").ToArray();
        if (versions.Length == 0)
        {
            yield return FieldErrors.Required(field, $"must specify one of {string.Join(", ", ReviewVersions)}");
            yield break;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Length; i++)
        {
            if (!seen.Add(versions[i]))
                yield return FieldErrors.Invalid($"{field}[{i}]", versions[i], "duplicate version");
            foreach (var problem in NameRules.Label1035(versions[i]))
                yield return FieldErrors.Invalid($"{field}[{i}]", versions[i], problem);
        }

        if (!versions.Intersect(ReviewVersions, StringComparer.Ordinal).Any())
            yield return FieldErrors.Invalid(field, webhook["admissionReviewVersions"], $"must include at least one of {string.Join(", ", ReviewVersions)}");
    }
}
