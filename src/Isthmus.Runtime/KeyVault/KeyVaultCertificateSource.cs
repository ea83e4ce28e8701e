using System.Net.Sockets;
using System.Security.Cryptography;
using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;

namespace Isthmus.Runtime.KeyVault;

/// <summary>
/// The mesh's intermediate CA out of Key Vault: the secret of a certificate (PEM or PKCS#12; the certificate itself comes
/// without chain), or where there is none the four secrets of the layout that AKS's Istio add-on uses.
/// </summary>
public sealed class KeyVaultCertificateSource(VaultClients vaults) : ICertificateSource
{
    private static readonly string[] Parts = ["ca-cert", "ca-key", "root-cert", "cert-chain"];

    public Task<CaMaterial> ReadAsync(TrustSettings trust, CancellationToken cancellationToken) => ReadAsync(trust, [], cancellationToken);

    public Task<CaMaterial> ReadVersionAsync(TrustSettings trust, string version, CancellationToken cancellationToken) =>
        ReadAsync(trust, version.Split('-'), cancellationToken);

    /// <param name="versions">None: the newest. One: of the certificate. Four: of the parts, in their order.</param>
    private async Task<CaMaterial> ReadAsync(TrustSettings trust, string[] versions, CancellationToken cancellationToken)
    {
        var client = vaults.For(trust.Vault);
        try
        {
            if (versions.Length != Parts.Length && await FindAsync(client, trust.Certificate, versions.FirstOrDefault(), cancellationToken).ConfigureAwait(false) is { } secret)
                return Open(secret);
            if (versions.Length is not 0 && versions.Length != Parts.Length)
                throw new CryptographicException($"there is no version {string.Join('-', versions)} (any more)");
            return await FromPartsAsync(client, trust, versions, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is RequestFailedException or AggregateException or AuthenticationFailedException or SocketException
            or CryptographicException or FormatException)
        {
            throw new CertificateSourceException($"certificate {trust.Certificate} of vault {trust.Vault.Host}: {Reason(fault)}", fault);
        }
    }

    private static CaMaterial Open(KeyVaultSecret secret) => secret.Properties.ContentType == "application/x-pkcs12"
        ? CaBundle.FromPkcs12(secret.Value, secret.Properties.Version)
        : CaBundle.FromPem(secret.Value, secret.Properties.Version);

    private static async Task<CaMaterial> FromPartsAsync(SecretClient client, TrustSettings trust, string[] versions, CancellationToken cancellationToken)
    {
        var parts = new List<KeyVaultSecret>();
        foreach (var (index, part) in Parts.Index())
        {
            var secret = await FindAsync(client, part, versions.ElementAtOrDefault(index), cancellationToken).ConfigureAwait(false)
                ?? throw new CryptographicException($"there is no secret {trust.Certificate}, nor all of {string.Join(", ", Parts)} ({part} is missing)");
            parts.Add(secret);
        }

        return new CaMaterial(
            parts[0].Value, parts[1].Value, parts[2].Value, parts[3].Value, string.Join('-', parts.Select(part => part.Properties.Version)));
    }

    private static async Task<KeyVaultSecret?> FindAsync(SecretClient client, string name, string? version, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetSecretAsync(name, version, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The SDK's messages hold headers and bodies; its error code says enough, and nothing secret.</summary>
    private static string Reason(Exception fault) => fault switch
    {
        RequestFailedException refused => $"HTTP {refused.Status} {refused.ErrorCode}",
        AggregateException { InnerException: { } inner } => inner.Message,
        // The credential chain tells of each of its links on a line of its own.
        AuthenticationFailedException => fault.Message.Split('\n')[0].Trim(),
        _ => fault.Message,
    };
}

/// <summary>The vault does not give a usable CA; the message says why and holds no key material.</summary>
public sealed class CertificateSourceException(string message, Exception inner) : Exception(message, inner);
