using System.Security.Cryptography;
using System.Text;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Webhooks;

/// <summary>What a webhook's token opens.</summary>
public enum WebhookPurpose
{
    Inject,
    Changes,
    Endpoints,
}

/// <summary>The token in a webhook's URL: HMAC-SHA256 over purpose and cluster. It opens one purpose of one cluster only.</summary>
public static class WebhookToken
{
    /// <summary>The token, in lower-case hex.</summary>
    public static string Compute(ReadOnlySpan<byte> key, ClusterName cluster, WebhookPurpose purpose) =>
        Convert.ToHexStringLower(Hash(key, cluster, purpose));

    /// <summary>Whether the token was made with one of the keys (two are valid while one is rotated). Constant time in token and keys.</summary>
    public static bool Verify(IReadOnlyList<byte[]> keys, ClusterName cluster, WebhookPurpose purpose, string token)
    {
        var given = new byte[HMACSHA256.HashSizeInBytes];
        var wellFormed = token.Length == 2 * given.Length
            && Convert.FromHexString(token, given, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == given.Length
            && token.All(character => character is not (>= 'A' and <= 'F'));
        var matches = false;
        foreach (var key in keys)
            matches |= CryptographicOperations.FixedTimeEquals(Hash(key, cluster, purpose), given);
        return wellFormed & matches;
    }

    // A cluster's name holds no line feed, so purpose and name cannot run into each other.
    private static byte[] Hash(ReadOnlySpan<byte> key, ClusterName cluster, WebhookPurpose purpose) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose.ToString().ToLowerInvariant()}\n{cluster.Value}"));
}
