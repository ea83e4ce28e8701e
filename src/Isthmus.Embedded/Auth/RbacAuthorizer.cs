using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Auth;

/// <summary>Role-based access: what the cluster's roles and bindings allow; <c>system:masters</c> may do everything.</summary>
internal sealed class RbacAuthorizer(ObjectStore store)
{
    public const string Group = "rbac.authorization.k8s.io";

    public void Require(RequestUser user, AccessRequest request)
    {
        if (Allows(user, request) is not null)
        {
            return;
        }
        if (request.Path is not null)
        {
            throw new ApiStatusException(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {request.Verb} path \"{request.Path}\"", []);
        }
        var scope = request.Namespace.Length > 0 ? $"in the namespace \"{request.Namespace}\"" : "at the cluster scope";
        var subject = request.Group.Length > 0 ? $"{request.Resource}.{request.Group}" : request.Resource;
        var details = new JsonObject { ["kind"] = request.Resource };
        if (request.Name.Length > 0)
        {
            details["name"] = request.Name;
            subject = $"{subject} \"{request.Name}\"";
        }
        if (request.Group.Length > 0)
        {
            details["group"] = request.Group;
        }
        throw new ApiStatusException(403, "Forbidden",
            $"{subject} is forbidden: User \"{user.Name}\" cannot {request.Verb} resource \"{request.ResourceWithSub}\" in API group \"{request.Group}\" {scope}", details);
    }

    /// <summary>Why it is allowed; null when it is not.</summary>
    public string? Allows(RequestUser user, AccessRequest request)
    {
        if (user.Groups.Contains("system:masters", StringComparer.Ordinal))
        {
            return "";
        }
        foreach (var binding in store.List($"clusterrolebindings.{Group}").Items)
        {
            if (Allows(user, request, binding, null) is { } reason)
            {
                return reason;
            }
        }
        if (request.Namespace.Length == 0)
        {
            return null;
        }
        return store.List($"rolebindings.{Group}", request.Namespace).Items
            .Select(binding => Allows(user, request, binding, request.Namespace)).FirstOrDefault(reason => reason is not null);
    }

    private string? Allows(RequestUser user, AccessRequest request, JsonObject binding, string? inNamespace)
    {
        var subject = (binding["subjects"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(s => IsSubject(user, s, inNamespace));
        if (subject is null || binding["roleRef"] is not JsonObject reference)
        {
            return null;
        }
        var (kind, name) = (reference.Text("kind"), reference.Text("name"));
        var role = store.Get(kind == "ClusterRole" ? new ObjectKey($"clusterroles.{Group}", "", name) : new ObjectKey($"roles.{Group}", inNamespace ?? "", name));
        if (role?["rules"] is not JsonArray rules || !rules.OfType<JsonObject>().Any(rule => Covers(rule, request)))
        {
            return null;
        }
        var bound = inNamespace is null ? $"ClusterRoleBinding \"{binding.Name()}\"" : $"RoleBinding \"{binding.Name()}/{inNamespace}\"";
        return $"RBAC: allowed by {bound} of {kind} \"{name}\" to {subject.Text("kind")} \"{subject.Text("name")}\"";
    }

    private static bool IsSubject(RequestUser user, JsonObject subject, string? inNamespace) => subject.Text("kind") switch
    {
        "User" => subject.Text("name") == user.Name,
        "Group" => user.Groups.Contains(subject.Text("name"), StringComparer.Ordinal),
        "ServiceAccount" => user.Name == $"system:serviceaccount:{(subject.Text("namespace") is { Length: > 0 } ns ? ns : inNamespace)}:{subject.Text("name")}",
        _ => false,
    };

    private static bool Covers(JsonObject rule, AccessRequest request)
    {
        if (!Lists(rule, "verbs", request.Verb))
        {
            return false;
        }
        if (request.Path is { } path)
        {
            return Texts(rule, "nonResourceURLs").Any(p => p == "*" || p == path || (p.EndsWith('*') && path.StartsWith(p[..^1], StringComparison.Ordinal)));
        }
        var names = Texts(rule, "resourceNames").ToList();
        return Lists(rule, "apiGroups", request.Group)
            && Texts(rule, "resources").Any(r => r == "*" || r == request.ResourceWithSub || (request.Subresource.Length > 0 && r == $"*/{request.Subresource}"))
            && (names.Count == 0 || names.Contains(request.Name, StringComparer.Ordinal));
    }

    private static bool Lists(JsonObject rule, string key, string value) => Texts(rule, key).Any(v => v == "*" || v == value);

    private static IEnumerable<string> Texts(JsonObject rule, string key) =>
        rule[key] is JsonArray list ? list.OfType<JsonValue>().Select(v => v.TryGetValue<string>(out var text) ? text : "") : [];
}
