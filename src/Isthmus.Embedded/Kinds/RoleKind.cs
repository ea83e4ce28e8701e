using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class RoleKind : BuiltInKind
{
    public RoleKind(ResourceDefinition resource)
        : base(resource, [Column.Name, Column.CreatedAt])
    {
        NameRule = NameRules.PathSegment;
        CreatesOnUpdate = true;
    }

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj))
            yield return error;
        var i = 0;
        foreach (var rule in obj.Objects("rules"))
        {
            var path = $"rules[{i++}]";
            if (!rule.Items("verbs").Any())
                yield return FieldErrors.Required($"{path}.verbs", "verbs must contain at least one value");
            var urls = rule.Items("nonResourceURLs").Any();
            if (urls && Resource.Namespaced)
                yield return FieldErrors.InvalidRaw($"{path}.nonResourceURLs", GoValue.Format(rule["nonResourceURLs"]), "namespaced rules cannot apply to non-resource URLs");
            else if (urls && (rule.Items("apiGroups").Any() || rule.Items("resources").Any() || rule.Items("resourceNames").Any()))
                yield return FieldErrors.InvalidRaw($"{path}.nonResourceURLs", GoValue.Format(rule["nonResourceURLs"]), "rules cannot apply to both regular resources and non-resource URLs");
            else if (!urls)
            {
                if (!rule.Items("apiGroups").Any())
                    yield return FieldErrors.Required($"{path}.apiGroups", "resource rules must supply at least one api group");
                if (!rule.Items("resources").Any())
                    yield return FieldErrors.Required($"{path}.resources", "resource rules must supply at least one resource");
            }
        }
    }
}

internal sealed class RoleBindingKind : BuiltInKind
{
    private const string Group = "rbac.authorization.k8s.io";

    public RoleBindingKind(ResourceDefinition resource)
        : base(resource,
        [
            Column.Name,
            Column.Of("Role", obj => $"{obj.Text("roleRef", "kind")}/{obj.Text("roleRef", "name")}"),
            Column.Age,
            Column.Wide("Users", obj => Subjects(obj, "User")),
            Column.Wide("Groups", obj => Subjects(obj, "Group")),
            Column.Wide("ServiceAccounts", obj => Subjects(obj, "ServiceAccount")),
        ])
    {
        NameRule = NameRules.PathSegment;
        CreatesOnUpdate = true;
    }

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj))
            yield return error;
        if (obj.Text("roleRef", "apiGroup") != Group)
            yield return FieldErrors.NotSupported("roleRef.apiGroup", obj.Text("roleRef", "apiGroup"), Group);
        string[] kinds = Resource.Namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
        if (!kinds.Contains(obj.Text("roleRef", "kind"), StringComparer.Ordinal))
            yield return FieldErrors.NotSupported("roleRef.kind", obj.Text("roleRef", "kind"), kinds);
        if (obj.Text("roleRef", "name").Length == 0)
            yield return FieldErrors.Required("roleRef.name");
        else
            foreach (var problem in NameRules.PathSegment(obj.Text("roleRef", "name")))
                yield return FieldErrors.Invalid("roleRef.name", obj.Text("roleRef", "name"), problem);
        var i = 0;
        foreach (var subject in obj.Objects("subjects"))
            foreach (var error in Subject(subject, $"subjects[{i++}]"))
                yield return error;
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource)
    {
        foreach (var error in base.ValidateUpdate(obj, old, subresource))
            yield return error;
        if (!JsonNode.DeepEquals(obj["roleRef"], old["roleRef"]))
            yield return FieldErrors.InvalidRaw("roleRef",
                $"rbac.RoleRef{{APIGroup:{GoValue.Quote(obj.Text("roleRef", "apiGroup"))}, Kind:{GoValue.Quote(obj.Text("roleRef", "kind"))}, Name:{GoValue.Quote(obj.Text("roleRef", "name"))}}}",
                "cannot change roleRef");
    }

    protected override void DefaultMore(JsonObject obj)
    {
        if (obj.Text("roleRef", "apiGroup").Length == 0)
            obj.Ensure("roleRef")["apiGroup"] = Group;
        foreach (var subject in obj.Objects("subjects").Where(subject => subject.Text("apiGroup").Length == 0 && subject.Text("kind") is "User" or "Group"))
            subject.SetIfAbsent("apiGroup", Group);
    }

    private IEnumerable<FieldError> Subject(JsonObject subject, string path)
    {
        var name = subject.Text("name");
        if (name.Length == 0)
            yield return FieldErrors.Required($"{path}.name");
        switch (subject.Text("kind"))
        {
            case "ServiceAccount":
                foreach (var problem in name.Length == 0 ? [] : NameRules.Subdomain(name))
                    yield return FieldErrors.Invalid($"{path}.name", name, problem);
                if (subject.Text("apiGroup").Length > 0)
                    yield return FieldErrors.NotSupported($"{path}.apiGroup", subject.Text("apiGroup"), "");
                if (!Resource.Namespaced && subject.Text("namespace").Length == 0)
                    yield return FieldErrors.Required($"{path}.namespace");
                break;
            case "User" or "Group":
                if (subject.Text("apiGroup") != Group)
                    yield return FieldErrors.NotSupported($"{path}.apiGroup", subject.Text("apiGroup"), Group);
                break;
            default:
                yield return FieldErrors.NotSupported($"{path}.kind", subject.Text("kind"), "ServiceAccount", "User", "Group");
                break;
        }
    }

    private static JsonNode Subjects(JsonObject obj, string kind) =>
        string.Join(", ", obj.Objects("subjects").Where(subject => subject.Text("kind") == kind)
            .Select(subject => kind == "ServiceAccount" ? $"{subject.Text("namespace")}/{subject.Text("name")}" : subject.Text("name")));
}
