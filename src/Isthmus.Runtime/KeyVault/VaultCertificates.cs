using Azure;
using Azure.Security.KeyVault.Certificates;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.KeyVault;

/// <summary>What a certificate object says that its secret does not: which version is enabled, and whether the key may leave the vault.</summary>
internal static class VaultCertificates
{
    /// <summary>
    /// The newest enabled version of the certificate. Null where the name is no certificate's, or we may not read certificates (the
    /// role for secrets does not include it): then the secret alone has to do. Throws <see cref="VaultStateException"/> where it can never give a key.
    /// </summary>
    public static async Task<string?> NewestCertificateAsync(this VaultClients vaults, TrustSettings trust, CancellationToken cancellationToken)
    {
        var client = vaults.CertificatesFor(trust.Vault);
        try
        {
            var newest = (await client.GetCertificateAsync(trust.Certificate, cancellationToken).ConfigureAwait(false)).Value;
            if (newest.Policy?.Exportable == false)
            {
                throw new VaultStateException(
                    "its key is not exportable, and istiod has to have it: import the certificate again with an exportable key");
            }

            if (newest.Properties.Enabled != false)
                return newest.Properties.Version;
        }
        catch (RequestFailedException without) when (without.Status is 403 or 404)
        {
            return null;
        }

        return await NewestEnabledAsync(client, trust.Certificate, cancellationToken).ConfigureAwait(false)
            ?? throw new VaultStateException($"every version of {trust.Certificate} is disabled: enable one, or import a new one");
    }

    private static async Task<string?> NewestEnabledAsync(CertificateClient client, string name, CancellationToken cancellationToken)
    {
        CertificateProperties? newest = null;
        await foreach (var version in client.GetPropertiesOfCertificateVersionsAsync(name, cancellationToken).ConfigureAwait(false))
        {
            if (version.Enabled == true && (newest is null || version.CreatedOn >= newest.CreatedOn))
                newest = version;
        }

        return newest?.Version;
    }
}
