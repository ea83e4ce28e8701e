using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Certificates;
using Azure.Security.KeyVault.Secrets;
using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.KeyVault;

/// <summary>Clients of the vaults that are asked for, one each; <paramref name="transport"/> only where the vault is embedded.</summary>
public sealed class VaultClients(TokenCredential credential, HttpPipelineTransport? transport = null)
{
    private readonly ConcurrentDictionary<Uri, SecretClient> _secrets = new();
    private readonly ConcurrentDictionary<Uri, CertificateClient> _certificates = new();

    public SecretClient For(Uri vault) => _secrets.GetOrAdd(vault, address => new SecretClient(address, credential, Prepare(new SecretClientOptions())));

    public CertificateClient CertificatesFor(Uri vault) =>
        _certificates.GetOrAdd(vault, address => new CertificateClient(address, credential, Prepare(new CertificateClientOptions())));

    private T Prepare<T>(T options)
        where T : ClientOptions
    {
        options.RetryPolicy = new ShortWaits();
        if (transport is not null)
            options.Transport = transport;
        return options;
    }
}
