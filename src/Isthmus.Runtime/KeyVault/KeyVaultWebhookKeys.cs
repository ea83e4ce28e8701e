using System.Text;

namespace Isthmus.Runtime.KeyVault;

/// <summary>The keys of the webhooks' tokens: the two newest enabled versions of one secret, so that one can be rotated in.</summary>
public sealed class KeyVaultWebhookKeys(VaultClients vaults)
{
    /// <summary>The secret's name unless settings say otherwise.</summary>
    public const string DefaultSecret = "isthmus-webhook-key";

    private const int MinBytes = 16;

    /// <summary>The newest first. Throws <see cref="InvalidOperationException"/> where there is none, or one too short to keep a secret.</summary>
    public async Task<IReadOnlyList<byte[]>> ReadAsync(Uri vault, string secret, CancellationToken cancellationToken)
    {
        var client = vaults.For(vault);
        var versions = new List<(DateTimeOffset Created, string Version)>();
        await foreach (var version in client.GetPropertiesOfSecretVersionsAsync(secret, cancellationToken).ConfigureAwait(false))
        {
            if (version.Enabled != false)
                versions.Add((version.CreatedOn ?? DateTimeOffset.MinValue, version.Version));
        }

        var keys = new List<byte[]>();
        foreach (var (_, version) in versions.OrderByDescending(version => version.Created).Take(2))
        {
            var found = await client.GetSecretAsync(secret, version, cancellationToken: cancellationToken).ConfigureAwait(false);
            keys.Add(Encoding.UTF8.GetBytes(found.Value.Value));
        }

        return keys.Count > 0 && keys.TrueForAll(key => key.Length >= MinBytes)
            ? keys
            : throw new InvalidOperationException($"Secret {secret} has to hold a random text of at least {MinBytes} characters.");
    }
}
