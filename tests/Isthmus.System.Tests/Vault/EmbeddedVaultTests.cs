using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Certificates;
using Azure.Security.KeyVault.Secrets;
using Isthmus.Core.Tests.Trust;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Isthmus.Runtime.KeyVault;
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

    [Fact]
    public async Task A_certificate_is_imported_described_listed_and_disabled_by_the_sdks_client()
    {
        var ca = TestCa.Two();
        using var own = X509Certificate2.CreateFromPem(ca.CaCert, ca.CaKey);
        var client = Certificates();
        var policy = new CertificatePolicy(WellKnownIssuerNames.Unknown, "CN=ignored") { Exportable = true };

        var imported = await client.ImportCertificateAsync(new ImportCertificateOptions("Mesh", own.Export(X509ContentType.Pkcs12)) { Policy = policy }, Cancellation);
        var found = await client.GetCertificateAsync("mesh", Cancellation);
        using var downloaded = (await client.DownloadCertificateAsync("mesh", cancellationToken: Cancellation)).Value;
        imported.Value.Properties.Enabled = false;
        var disabled = await client.UpdateCertificatePropertiesAsync(imported.Value.Properties, Cancellation);

        Assert.Equal(own.RawData, found.Value.Cer);
        Assert.True(found.Value.Policy.Exportable);
        Assert.True(downloaded.HasPrivateKey);
        Assert.False(disabled.Value.Properties.Enabled);
        Assert.Equal("Microsoft.KeyVault.CertificateNewVersionCreated", Assert.Single(_events)["type"]?.ToString());
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => Client(Vault.Token).GetSecretAsync("mesh", cancellationToken: Cancellation));
        Assert.Equal((403, "Forbidden"), (refused.Status, refused.ErrorCode));
    }

    [Fact]
    public async Task A_PEM_with_a_chain_is_not_imported_since_Key_Vault_takes_chains_as_PKCS12_only()
    {
        var ca = TestCa.Two();
        var policy = new CertificatePolicy(WellKnownIssuerNames.Unknown, "CN=ignored") { ContentType = CertificateContentType.Pem };
        var pem = global::System.Text.Encoding.ASCII.GetBytes(ca.CaKey + ca.CertChain);

        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => Certificates().ImportCertificateAsync(new ImportCertificateOptions("mesh", pem) { Policy = policy }, Cancellation));

        Assert.Equal((400, "BadParameter"), (refused.Status, refused.ErrorCode));
    }

    [Fact]
    public async Task Long_lists_come_in_pages()
    {
        var written = Enumerable.Range(0, 60).Select(number => Vault.SetSecret("key", $"{number}")).ToList();
        var pages = new List<int>();
        var read = new List<string>();
        await foreach (var page in Client(Vault.Token).GetPropertiesOfSecretVersionsAsync("key", Cancellation).AsPages())
        {
            pages.Add(page.Values.Count);
            read.AddRange(page.Values.Select(version => version.Version));
        }

        Assert.Equal([25, 25, 10], pages);
        Assert.Equal(written, read);
    }

    [Fact]
    public async Task What_is_deleted_is_gone_until_it_is_recovered()
    {
        var client = Client(Vault.Token);
        await client.SetSecretAsync("key", "value", Cancellation);
        await client.StartDeleteSecretAsync("key", Cancellation);

        Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(() => client.GetSecretAsync("key", cancellationToken: Cancellation))).Status);
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestFailedException>(() => client.SetSecretAsync("key", "again", Cancellation))).Status);
        await client.StartRecoverDeletedSecretAsync("key", Cancellation);
        Assert.Equal("value", (await client.GetSecretAsync("key", cancellationToken: Cancellation)).Value.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?api-version=1.0")]
    public async Task A_request_without_a_known_api_version_is_refused(string query)
    {
        using var http = new HttpClient(Vault.CreateHandler());
        http.DefaultRequestHeaders.Authorization = new("Bearer", Vault.Token);

        using var answer = await http.GetAsync(new Uri(Vault.Url, $"/secrets/key{query}"), Cancellation);

        Assert.Equal(global::System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public void Expiry_raises_the_events_of_its_kind()
    {
        Vault.SetSecret("root-cert", "x");
        Vault.RaiseExpiry("root-cert", "NearExpiry");
        Vault.RaiseExpiry("root-cert", "Expired");

        Assert.Equal(
            ["Microsoft.KeyVault.SecretNewVersionCreated", "Microsoft.KeyVault.SecretNearExpiry", "Microsoft.KeyVault.SecretExpired"],
            _events.Select(raised => raised["type"]?.ToString()));
    }

    private CertificateClient Certificates() => new VaultClients(
        DelegatedTokenCredential.Create((_, _) => new AccessToken(Vault.Token, DateTimeOffset.MaxValue)), new HttpClientTransport(Vault.CreateHandler())).CertificatesFor(Vault.Url);

    private SecretClient Client(string token)
    {
        var credential = DelegatedTokenCredential.Create((_, _) => new AccessToken(token, DateTimeOffset.MaxValue));
        var options = new SecretClientOptions { Transport = new HttpClientTransport(Vault.CreateHandler()), Retry = { MaxRetries = 0 } };
        return new SecretClient(Vault.Url, credential, options);
    }
}
