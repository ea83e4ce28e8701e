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
/// A Key Vault in this process: secrets with versions, certificates as secrets, bearer tokens after Key Vault's challenge. The
/// Azure SDK's own client talks to it under the real address, through <see cref="CreateHandler"/>.
/// </summary>
public sealed class EmbeddedVault : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly SecretStore _secrets;
    private readonly EmbeddedVaultOptions _options;

    private EmbeddedVault(EmbeddedVaultOptions options, LoopbackServer server, SecretStore secrets, string token) =>
        (_options, _server, _secrets, Token) = (options, server, secrets, token);

    /// <summary>The address as Azure has it.</summary>
    public Uri Url => AddressOf(_options.Name);

    /// <summary>Where the server really listens.</summary>
    public Uri LoopbackUrl => _server.Url;

    /// <summary>The only bearer token that it accepts.</summary>
    public string Token { get; }

    public static async Task<EmbeddedVault> StartAsync(EmbeddedVaultOptions options, CancellationToken cancellationToken)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var secrets = new SecretStore(options.Time);
        var endpoint = new VaultEndpoint(secrets, AddressOf(options.Name), token);
        var server = await LoopbackServer.StartAsync(
            options.Authority.Issue(AddressOf(options.Name).Host), endpoint.AnswerAsync, options.LoggerFactory, cancellationToken);
        return new EmbeddedVault(options, server, secrets, token);
    }

    /// <summary>A handler that opens the vault's real address here.</summary>
    public SocketsHttpHandler CreateHandler() => PinnedConnections.Redirect(_server.Url, _options.Authority.Pem);

    /// <summary>Stores a new version of a secret and returns its version.</summary>
    public string SetSecret(string name, string value, string contentType = "text/plain")
    {
        var version = _secrets.Add(name, value, contentType, ofCertificate: false);
        Raise("Secret", name, version);
        return version;
    }

    /// <summary>Stores a new version of a certificate: its secret is the PEM of key and chain, as for an imported PEM.</summary>
    public string SetCertificate(string name, string pem)
    {
        var version = _secrets.Add(name, pem, "application/x-pem-file", ofCertificate: true);
        Raise("Certificate", name, version);
        return version;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Uri AddressOf(string name) => new($"https://{name}.vault.azure.net/");

    /// <summary>Key Vault's event of a new version, in the CloudEvents schema.</summary>
    private void Raise(string objectType, string name, string version)
    {
        var collection = objectType == "Certificate" ? "certificates" : "secrets";
        _options.Raise?.Invoke(new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = Guid.NewGuid().ToString(),
            ["source"] = $"/subscriptions/{Guid.Empty}/resourceGroups/isthmus/providers/Microsoft.KeyVault/vaults/{_options.Name}",
            ["subject"] = name,
            ["type"] = $"Microsoft.KeyVault.{objectType}NewVersionCreated",
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
