using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace Isthmus.Runtime.KeyVault;

/// <summary>Clients of the vaults that are asked for, one each; <paramref name="transport"/> only where the vault is embedded.</summary>
public sealed class VaultClients(TokenCredential credential, HttpPipelineTransport? transport = null)
{
    private readonly ConcurrentDictionary<Uri, SecretClient> _clients = new();

    public SecretClient For(Uri vault) => _clients.GetOrAdd(vault, address =>
    {
        var options = new SecretClientOptions();
        if (transport is not null)
            options.Transport = transport;
        return new SecretClient(address, credential, options);
    });
}
