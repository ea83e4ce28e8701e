using Azure;
using Azure.Security.KeyVault.Secrets;

namespace Isthmus.Runtime.KeyVault;

/// <summary>Reads secrets as people use them: the newest version that is enabled counts.</summary>
internal static class VaultSecrets
{
    /// <summary>The version, or the newest enabled one where none is named; null where there is none. Throws <see cref="VaultStateException"/> where it was taken away.</summary>
    public static async Task<KeyVaultSecret?> FindAsync(SecretClient client, string name, string? version, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetSecretAsync(name, version, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return await DeletedAsync(client, name, cancellationToken).ConfigureAwait(false) is { } deleted
                ? throw new VaultStateException($"secret {name} was deleted{deleted} and can be recovered (az keyvault secret recover)", isDeleted: true)
                : null;
        }
        catch (RequestFailedException refused) when (refused.Status == 403 && refused.Message.Contains("disabled", StringComparison.OrdinalIgnoreCase))
        {
            var enabled = version is null ? await NewestEnabledAsync(client, name, cancellationToken).ConfigureAwait(false) : null;
            return enabled is null
                ? throw new VaultStateException($"{(version is null ? "every version" : $"version {version}")} of {name} is disabled: enable it, or store a new one")
                : await client.GetSecretAsync(name, enabled, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<string?> NewestEnabledAsync(SecretClient client, string name, CancellationToken cancellationToken)
    {
        SecretProperties? newest = null;
        await foreach (var version in client.GetPropertiesOfSecretVersionsAsync(name, cancellationToken).ConfigureAwait(false))
        {
            if (version.Enabled == true && (newest is null || version.CreatedOn >= newest.CreatedOn))
                newest = version;
        }

        return newest?.Version;
    }

    /// <summary>When it was deleted, to follow "was deleted"; null where that is not why it is missing, or we may not ask.</summary>
    private static async Task<string?> DeletedAsync(SecretClient client, string name, CancellationToken cancellationToken)
    {
        try
        {
            var deleted = await client.GetDeletedSecretAsync(name, cancellationToken).ConfigureAwait(false);
            return deleted.Value.DeletedOn is { } on ? $" at {on:yyyy-MM-dd HH:mm:ss'Z'}" : "";
        }
        catch (RequestFailedException unknown) when (unknown.Status is 403 or 404)
        {
            return null;
        }
    }
}

/// <summary>What is in the vault cannot be used as it stands; the message says why.</summary>
internal sealed class VaultStateException(string message, bool isDeleted = false) : Exception(message)
{
    public bool IsDeleted { get; } = isDeleted;
}
