using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Xunit;

namespace Isthmus.System.Tests.Vault;

public sealed class EmbeddedVaultTests : IAsyncLifetime
{
    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("test", TimeProvider.System);
    private readonly List<JsonObject> _events = [];
    private EmbeddedVault? _vault;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EmbeddedVault Vault => _vault ?? throw new InvalidOperationException("The vault is not started.");

    public async ValueTask InitializeAsync() => _vault = await EmbeddedVault.StartAsync(
        new EmbeddedVaultOptions { Name = "test-mesh", Authority = _authority, Raise = _events.Add }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task The_sdks_client_reads_and_writes_under_the_real_address()
    {
        var client = Client(Vault.Token);

        var written = await client.SetSecretAsync("Key-1", "first", Cancellation);
        Vault.SetSecret("key-1", "second");
        var newest = await client.GetSecretAsync("key-1", cancellationToken: Cancellation);
        var oldest = await client.GetSecretAsync("key-1", written.Value.Properties.Version, cancellationToken: Cancellation);
        var versions = new List<string>();
        await foreach (var version in client.GetPropertiesOfSecretVersionsAsync("key-1", Cancellation))
            versions.Add(version.Version);

        Assert.Equal("second", newest.Value.Value);
        Assert.Equal("first", oldest.Value.Value);
        Assert.Equal([written.Value.Properties.Version, newest.Value.Properties.Version], versions);
        Assert.Equal(new Uri("https://test-mesh.vault.azure.net/"), newest.Value.Properties.VaultUri);
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_secret_not_found()
    {
        var error = await Assert.ThrowsAsync<RequestFailedException>(() => Client(Vault.Token).GetSecretAsync("none", cancellationToken: Cancellation));

        Assert.Equal((404, "SecretNotFound"), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task Another_token_is_refused()
    {
        Vault.SetSecret("key", "value");

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => Client("other").GetSecretAsync("key", cancellationToken: Cancellation));

        Assert.Equal(401, error.Status);
        Assert.DoesNotContain("value\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_certificate_version_raises_key_vaults_event_and_reads_as_key_and_chain()
    {
        using var mesh = MeshCertificateAuthority.Create("Test", TimeProvider.System);

        var version = Vault.SetCertificate("mesh-intermediate", mesh.IssueIntermediatePem());
        var secret = await Client(Vault.Token).GetSecretAsync("mesh-intermediate", cancellationToken: Cancellation);

        var raised = Assert.Single(_events);
        Assert.Equal("Microsoft.KeyVault.CertificateNewVersionCreated", raised["type"]?.ToString());
        Assert.Equal($"https://test-mesh.vault.azure.net/certificates/mesh-intermediate/{version}", raised["data"]?["Id"]?.ToString());
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(secret.Value.Value);
        Assert.Equal(["O=Test, CN=Intermediate CA", "O=Test, CN=Root CA"], chain.Select(certificate => certificate.Subject));
        using var withKey = X509Certificate2.CreateFromPem(secret.Value.Value, secret.Value.Value);
        Assert.True(withKey.HasPrivateKey);
        Assert.True(secret.Value.Properties.Managed);
    }

    private SecretClient Client(string token)
    {
        var credential = DelegatedTokenCredential.Create((_, _) => new AccessToken(token, DateTimeOffset.MaxValue));
        var options = new SecretClientOptions { Transport = new HttpClientTransport(Vault.CreateHandler()), Retry = { MaxRetries = 0 } };
        return new SecretClient(Vault.Url, credential, options);
    }
}
