using Isthmus.Embedded.Admission;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Auth;

/// <summary>Acting as somebody else (<c>kubectl --as</c>), for those who may.</summary>
internal static class Impersonation
{
    private const string AccountPrefix = "system:serviceaccount:";

    public static RequestUser Apply(RequestUser user, IHeaderDictionary headers, RbacAuthorizer authorizer)
    {
        var name = headers["Impersonate-User"].ToString();
        if (name.Length == 0)
        {
            return user;
        }
        List<string> groups = [.. headers["Impersonate-Group"].Select(g => g ?? "")];
        var account = name.StartsWith(AccountPrefix, StringComparison.Ordinal) ? name[AccountPrefix.Length..].Split(':') : [];
        string[] accountGroups = [];
        if (account is [var ns, var accountName])
        {
            authorizer.Require(user, new AccessRequest("impersonate", Resource: "serviceaccounts", Namespace: ns, Name: accountName));
            // The groups of a service account come with its name.
            accountGroups = groups.Count > 0 ? [] : ["system:serviceaccounts", $"system:serviceaccounts:{ns}"];
        }
        else
        {
            authorizer.Require(user, new AccessRequest("impersonate", Resource: "users", Name: name));
        }
        foreach (var group in groups)
        {
            authorizer.Require(user, new AccessRequest("impersonate", Resource: "groups", Name: group));
        }
        return new RequestUser(name, headers["Impersonate-Uid"].ToString() is { Length: > 0 } uid ? uid : null,
            name == "system:anonymous" ? ["system:unauthenticated"] : [.. groups, .. accountGroups, "system:authenticated"]);
    }
}
