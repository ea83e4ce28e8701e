using System.Net.Sockets;
using System.Security.Cryptography;
using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;

namespace Isthmus.Runtime.KeyVault;

/// <summary>How long a set of secrets may be in the making: it is read again so often, after such a pause.</summary>
public sealed record SetPatience(int Reads, TimeSpan Pause)
{
    public static readonly SetPatience Default = new(5, TimeSpan.FromSeconds(2));
}

/// <summary>
/// The mesh's intermediate CA out of Key Vault: the secret of a certificate (PEM or PKCS#12; the certificate itself comes
/// without chain), or where there is none the four secrets of the layout that AKS's Istio add-on uses.
/// </summary>
public sealed class KeyVaultCertificateSource(VaultClients vaults, TimeProvider? time = null, SetPatience? patience = null) : ICertificateSource
{
    private static readonly string[] Parts = ["ca-cert", "ca-key", "root-cert", "cert-chain"];

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly SetPatience _patience = patience ?? SetPatience.Default;

    public Task<CaMaterial> ReadAsync(TrustSettings trust, CancellationToken cancellationToken) => ReadAsync(trust, [], cancellationToken);

    public Task<CaMaterial> ReadVersionAsync(TrustSettings trust, string version, CancellationToken cancellationToken) =>
        ReadAsync(trust, version.Split('-'), cancellationToken);

    /// <param name="trust">Where the CA lies.</param>
    /// <param name="versions">None: the newest. One: of the certificate. Two: and of its root. Four: of the parts, in their order.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<CaMaterial> ReadAsync(TrustSettings trust, string[] versions, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadSetAsync(trust, versions, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is RequestFailedException or AggregateException or AuthenticationFailedException or SocketException
            or CryptographicException or FormatException or VaultStateException)
        {
            throw new CertificateSourceException($"certificate {trust.Certificate} of vault {trust.Vault.Host}: {Reason(fault)}", fault);
        }
    }

    /// <summary>
    /// Secrets that make one CA together are changed one after the other. Two readings that agree are one state of the vault; a
    /// state whose parts do not fit is most likely half a change, so it is looked at again before it is called wrong.
    /// </summary>
    private async Task<CaMaterial> ReadSetAsync(TrustSettings trust, string[] versions, CancellationToken cancellationToken)
    {
        var client = vaults.For(trust.Vault);
        for (var read = 1; ; read++)
        {
            var first = await ReadOnceAsync(client, trust, versions, cancellationToken).ConfigureAwait(false);
            if (first.Secrets.Count == 1)
                return first.Material();
            var second = await ReadOnceAsync(client, trust, versions, cancellationToken).ConfigureAwait(false);
            var isChanging = first.Version != second.Version;
            if (!isChanging && first.Material() is var material && CaMaterialValidator.FaultsOfSet(material) is var faults)
            {
                if (faults.IsEmpty)
                    return material;
                if (read >= _patience.Reads || versions.Length > 0)
                    throw new VaultStateException($"secrets {first.Names} do not belong together: {string.Join("; ", faults)}. Store the ones that were forgotten; the clusters keep what they have");
            }

            if (read >= _patience.Reads)
                throw new VaultStateException($"secrets {first.Names} were being changed all the while; the next run reads them again");
            await Task.Delay(_patience.Pause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<SecretSet> ReadOnceAsync(SecretClient client, TrustSettings trust, string[] versions, CancellationToken cancellationToken)
    {
        var why = $"there is no certificate or secret {trust.Certificate} either";
        try
        {
            if (versions.Length != Parts.Length && await ReadBundleAsync(client, trust, versions, cancellationToken).ConfigureAwait(false) is { } bundle)
                return bundle;
        }
        catch (VaultStateException deleted) when (deleted.IsDeleted && versions.Length == 0)
        {
            // Perhaps in favour of the four secrets.
            why = deleted.Message;
        }

        if (versions.Length > 0 && versions.Length != Parts.Length)
            throw new VaultStateException($"there is no version {string.Join('-', versions)} (any more)");
        var parts = new List<KeyVaultSecret>();
        foreach (var (index, part) in Parts.Index())
            parts.Add(await NeedAsync(client, part, versions.ElementAtOrDefault(index), why, cancellationToken).ConfigureAwait(false));
        return new SecretSet(parts);
    }

    private async Task<SecretSet?> ReadBundleAsync(SecretClient client, TrustSettings trust, string[] versions, CancellationToken cancellationToken)
    {
        var version = versions.FirstOrDefault() ?? await vaults.NewestCertificateAsync(trust, cancellationToken).ConfigureAwait(false);
        if (await VaultSecrets.FindAsync(client, trust.Certificate, version, cancellationToken).ConfigureAwait(false) is not { } bundle)
            return null;
        return trust.Root is { } root
            ? new SecretSet([bundle, await NeedAsync(client, root, versions.ElementAtOrDefault(1), "trust.root names it", cancellationToken).ConfigureAwait(false)])
            : new SecretSet([bundle]);
    }

    private static async Task<KeyVaultSecret> NeedAsync(SecretClient client, string name, string? version, string why, CancellationToken cancellationToken) =>
        await VaultSecrets.FindAsync(client, name, version, cancellationToken).ConfigureAwait(false)
        ?? throw new VaultStateException($"secret {name} is missing, and {why}: store the CA as one exportable certificate, or as the secrets {string.Join(", ", Parts)}");

    /// <summary>The SDK's messages hold headers and bodies; its status and code say enough, and nothing secret.</summary>
    private static string Reason(Exception fault) => fault switch
    {
        RequestFailedException { Status: 401 } refused => $"HTTP 401 {refused.ErrorCode}: the vault does not take our token; it has to come from the vault's own tenant",
        RequestFailedException { Status: 403 } refused => $"HTTP 403 {refused.ErrorCode}: the app's identity needs the role Key Vault Secrets User on the vault (or on its secrets), "
            + "and the vault's firewall has to let the app in",
        RequestFailedException { Status: 429 } refused => $"HTTP 429 {refused.ErrorCode}: the vault is throttling; the next run tries again",
        RequestFailedException { Status: 0 } or SocketException => VaultSilence.Text(fault),
        RequestFailedException refused => $"HTTP {refused.Status} {refused.ErrorCode}",
        AggregateException { InnerException: { } inner } => inner is RequestFailedException or AuthenticationFailedException ? Reason(inner) : VaultSilence.Text(inner),
        // The credential chain tells of each of its links on a line of its own.
        AuthenticationFailedException => fault.Message.Split('\n')[0].Trim(),
        _ => fault.Message,
    };
}

/// <summary>The vault does not give a usable CA; the message says why and holds no key material.</summary>
public sealed class CertificateSourceException(string message, Exception inner) : Exception(message, inner);
