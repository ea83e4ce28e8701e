using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Auth;

/// <summary>From the Authorization header to a user. No credentials make an anonymous user, unknown ones a 401.</summary>
internal sealed class Authenticator(IReadOnlyDictionary<string, RequestUser> tokens, ServiceAccountTokens serviceAccounts)
{
    private const string Authenticated = "system:authenticated";
    private const string Bearer = "Bearer ";

    private static readonly RequestUser Anonymous = new("system:anonymous", null, ["system:unauthenticated"]);

    public RequestUser Authenticate(string? authorization)
    {
        if (string.IsNullOrEmpty(authorization))
        {
            return Anonymous;
        }
        var user = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? Find(authorization[Bearer.Length..].Trim()) : null;
        return user ?? throw new ApiStatusException(401, "Unauthorized", "Unauthorized");
    }

    /// <summary>The holder of a token that is good for the API server itself; null for any other text.</summary>
    public RequestUser? Find(string token)
    {
        var user = Static(token);
        if (user is not null)
        {
            return user;
        }
        return serviceAccounts.Find(token) is { } issued && issued.Audiences.Contains(ServiceAccountTokens.DefaultAudience, StringComparer.Ordinal)
            ? issued.User
            : null;
    }

    /// <summary>The holder of a configured token.</summary>
    public RequestUser? Static(string token) => tokens.TryGetValue(token, out var known)
        ? known with { Groups = [.. known.Groups.Where(g => g != Authenticated), Authenticated] }
        : null;
}
