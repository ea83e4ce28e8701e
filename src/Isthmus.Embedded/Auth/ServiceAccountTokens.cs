using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Auth;

/// <summary>What an issued token stands for.</summary>
internal sealed record IssuedToken(RequestUser User, IReadOnlyList<string> Audiences, DateTimeOffset Expires);

/// <summary>
/// Issues the tokens of service accounts (JWT, RS256) and recognises them while the account that they were issued for
/// exists and they have not expired.
/// </summary>
internal sealed class ServiceAccountTokens(ObjectStore store, TimeProvider time) : IDisposable
{
    public const string DefaultAudience = "https://kubernetes.default.svc.cluster.local";

    private readonly ConcurrentDictionary<string, (IssuedToken Token, ObjectKey Account, JsonObject? Bound)> _issued = new(StringComparer.Ordinal);
    /// <summary>A request repeated at once gets the token that it got: the times in a token count in seconds.</summary>
    private static readonly TimeSpan SameToken = TimeSpan.FromSeconds(2);

    private readonly Lazy<RSA> _key = new(() => RSA.Create(2048));

    public (string Token, DateTimeOffset Expires) Issue(JsonObject account, IReadOnlyList<string> audiences, long seconds, JsonObject? boundTo)
    {
        var (ns, name) = (account.Namespace(), account.Name());
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var expires = now.AddSeconds(seconds);
        var kubernetes = new JsonObject { ["namespace"] = ns, ["serviceaccount"] = new JsonObject { ["name"] = name, ["uid"] = account.Uid() } };
        if (boundTo is not null)
        {
            kubernetes[boundTo.Text("kind").ToLowerInvariant()] = new JsonObject { ["name"] = boundTo.Text("name"), ["uid"] = boundTo.Text("uid") };
        }
        var again = _issued.FirstOrDefault(i => i.Value.Account.Namespace == ns && i.Value.Account.Name == name && i.Value.Token.User.Uid == account.Uid()
            && i.Value.Token.Audiences.SequenceEqual(audiences) && JsonNode.DeepEquals(i.Value.Bound, boundTo)
            && i.Value.Token.Expires <= expires && expires - i.Value.Token.Expires <= SameToken);
        if (again.Key is not null)
        {
            return (again.Key, again.Value.Token.Expires);
        }
        var user = new RequestUser($"system:serviceaccount:{ns}:{name}", account.Uid(), ["system:serviceaccounts", $"system:serviceaccounts:{ns}", "system:authenticated"]);
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. audiences.Select(a => JsonValue.Create(a))]),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = DefaultAudience,
            ["kubernetes.io"] = kubernetes,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["sub"] = user.Name,
        };
        var text = Sign(claims);
        _issued[text] = (new IssuedToken(user, audiences, expires), new ObjectKey("serviceaccounts", ns, name), boundTo);
        return (text, expires);
    }

    public IssuedToken? Find(string text)
    {
        if (!_issued.TryGetValue(text, out var found))
        {
            return null;
        }
        var alive = found.Token.Expires > time.GetUtcNow() && store.Get(found.Account)?.Uid() == found.Token.User.Uid;
        if (!alive)
        {
            _issued.TryRemove(text, out _);
        }
        return alive ? found.Token : null;
    }

    public void Dispose()
    {
        if (_key.IsValueCreated)
        {
            _key.Value.Dispose();
        }
    }

    private string Sign(JsonObject claims)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes("{\"alg\":\"RS256\",\"kid\":\"embedded\"}"))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Encode(_key.Value.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
