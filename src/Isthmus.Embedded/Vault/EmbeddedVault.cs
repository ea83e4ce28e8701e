using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Tls;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.Vault;

/// <summary>How an embedded vault runs; <see cref="Name"/> is the NAME of NAME.vault.azure.net.</summary>
public sealed record EmbeddedVaultOptions
{
    public required string Name { get; init; }
    public required LoopbackAuthority Authority { get; init; }

    /// <summary>Takes the events that Key Vault would raise.</summary>
    public Action<JsonObject>? Raise { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
    public ILoggerFactory? LoggerFactory { get; init; }
}

/// <summary>
/// A Key Vault in this process: secrets and certificates with their versions, bearer tokens after Key Vault's challenge. The
/// Azure SDK's own clients talk to it under the real address, through <see cref="CreateHandler"/>.
/// </summary>
public sealed class EmbeddedVault : IAsyncDisposable
{
    private const string PemType = "application/x-pem-file";

    private readonly EmbeddedVaultOptions _options;
    private readonly SecretStore _secrets = new();
    private LoopbackServer? _server;

    private EmbeddedVault(EmbeddedVaultOptions options) => _options = options;

    /// <summary>The address as Azure has it.</summary>
    public Uri Url => new($"https://{_options.Name}.vault.azure.net/");

    /// <summary>Where the server really listens.</summary>
    public Uri LoopbackUrl => Server.Url;

    /// <summary>The only bearer token that it accepts.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public VaultFaults Faults { get; } = new();

    private LoopbackServer Server => _server ?? throw new InvalidOperationException("The vault is not started.");

    public static async Task<EmbeddedVault> StartAsync(EmbeddedVaultOptions options, CancellationToken cancellationToken)
    {
        var vault = new EmbeddedVault(options);
        var endpoint = new VaultEndpoint(
            new SecretsEndpoint(vault._secrets, vault.Url, options.Time, (name, version) => vault.Raise("Secret", "NewVersionCreated", name, version)),
            new CertificatesEndpoint(vault._secrets, vault.Url, options.Time, (name, version) => vault.Raise("Certificate", "NewVersionCreated", name, version)),
            vault.Faults,
            vault.Token);
        vault._server = await LoopbackServer.StartAsync(options.Authority.Issue(vault.Url.Host), endpoint.AnswerAsync, options.LoggerFactory, cancellationToken);
        return vault;
    }

    /// <summary>A handler that opens the vault's real address here.</summary>
    public SocketsHttpHandler CreateHandler() => PinnedConnections.Redirect(Server.Url, _options.Authority.Pem);

    /// <summary>Stores a new version of a secret and returns its version.</summary>
    public string SetSecret(string name, string value, string contentType = "text/plain") =>
        Add("Secret", name, new SecretVersion(NewVersion(), value, contentType, _options.Time.GetUtcNow(), null));

    /// <summary>Stores a new version of a certificate: its secret is the PEM of key and chain, as after a merge with a signed chain.</summary>
    public string SetCertificate(string name, string pem) =>
        Add("Certificate", name, new SecretVersion(NewVersion(), pem, PemType, _options.Time.GetUtcNow(), CertificateImport.FirstOf(pem)));

    /// <summary>Disables or enables a version, the newest where none is named.</summary>
    public void SetEnabled(string name, bool enabled, string? version = null)
    {
        if (_secrets.Find(name, version) is not { } found)
            throw new InvalidOperationException($"There is no {name} in the vault.");
        found.IsEnabled = enabled;
    }

    /// <summary>Deletes a secret or certificate; it can be recovered.</summary>
    public void Delete(string name)
    {
        if (!_secrets.TrySetDeleted(name, _options.Time.GetUtcNow()))
            throw new InvalidOperationException($"There is no {name} in the vault.");
    }

    /// <summary>Raises what Key Vault raises 30 days before a version ends, <c>NearExpiry</c>, or when it has, <c>Expired</c>.</summary>
    public void RaiseExpiry(string name, string what)
    {
        var newest = _secrets.Find(name, null) ?? throw new InvalidOperationException($"There is no {name} in the vault.");
        Raise(newest.Certificate is null ? "Secret" : "Certificate", what, name, newest.Version);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static string NewVersion() => Guid.NewGuid().ToString("N");

    private string Add(string objectType, string name, SecretVersion version)
    {
        if (!_secrets.TryAdd(name, version))
            throw new InvalidOperationException($"{name} is deleted, and has to be recovered first.");
        Raise(objectType, "NewVersionCreated", name, version.Version);
        return version.Version;
    }

    /// <summary>Key Vault's event, in the CloudEvents schema.</summary>
    private void Raise(string objectType, string what, string name, string version)
    {
        var collection = objectType == "Certificate" ? "certificates" : "secrets";
        _options.Raise?.Invoke(new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = Guid.NewGuid().ToString(),
            ["source"] = $"/subscriptions/{Guid.Empty}/resourceGroups/isthmus/providers/Microsoft.KeyVault/vaults/{_options.Name}",
            ["subject"] = name,
            ["type"] = $"Microsoft.KeyVault.{objectType}{what}",
            ["time"] = _options.Time.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["datacontenttype"] = "application/json",
            ["data"] = new JsonObject
            {
                ["Id"] = new Uri(Url, $"/{collection}/{name}/{version}").ToString(),
                ["VaultName"] = _options.Name,
                ["ObjectType"] = objectType,
                ["ObjectName"] = name,
                ["Version"] = version,
            },
        });
    }
}
