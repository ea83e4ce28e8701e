using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Certificates;
using Azure.Security.KeyVault.Secrets;

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

    /// <summary>Does as the vault says when it throttles, unless that is longer than a run may take: then the next run tries again.</summary>
    private sealed class ShortWaits() : RetryPolicy(maxRetries: 3, DelayStrategy.CreateExponentialDelayStrategy(TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(4)))
    {
        private const int LongestSeconds = 5;

        protected override bool ShouldRetry(HttpMessage message, Exception? exception) => IsShort(message) && base.ShouldRetry(message, exception);

        protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
            IsShort(message) ? base.ShouldRetryAsync(message, exception) : ValueTask.FromResult(false);

        private static bool IsShort(HttpMessage message) =>
            !message.HasResponse || !message.Response.Headers.TryGetValue("Retry-After", out var after)
            || !int.TryParse(after, System.Globalization.CultureInfo.InvariantCulture, out var seconds) || seconds <= LongestSeconds;
    }
}
