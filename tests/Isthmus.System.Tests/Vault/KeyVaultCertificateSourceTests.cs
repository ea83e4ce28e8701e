using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Core.Mesh;
using Isthmus.Core.Tests.Trust;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Isthmus.Runtime.KeyVault;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Vault;

public sealed class KeyVaultCertificateSourceTests : IAsyncLifetime
{
    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("test", TimeProvider.System);
    private readonly MeshCertificateAuthority _mesh = MeshCertificateAuthority.Create("Test", TimeProvider.System);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private EmbeddedVault? _vault;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EmbeddedVault Vault => _vault ?? throw new InvalidOperationException("The vault is not started.");

    private TrustSettings Trust => new(Vault.Url, "mesh", "cluster.local", Adopt: false);

    public async ValueTask InitializeAsync() =>
        _vault = await EmbeddedVault.StartAsync(new EmbeddedVaultOptions { Name = "test-mesh", Authority = _authority, Time = _time }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        _mesh.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Reads_key_certificate_and_chain_out_of_pem()
    {
        var version = Vault.SetCertificate("mesh", _mesh.IssueIntermediatePem());

        var material = await Source().ReadAsync(Trust, Cancellation);

        Assert.Equal(version, material.SourceVersion);
        Assert.Equal(_mesh.RootPem, material.RootCert.TrimEnd());
        using var own = X509Certificate2.CreateFromPem(material.CaCert, material.CaKey);
        Assert.True(own.HasPrivateKey);
        Assert.Equal(2, Count(material.CertChain));
    }

    [Fact]
    public async Task Reads_the_same_out_of_pkcs12()
    {
        var pem = _mesh.IssueIntermediatePem();
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(pem);
        using var withKey = X509Certificate2.CreateFromPem(pem, pem);
        X509Certificate2Collection all = [chain[1], withKey];
        Vault.SetSecret("mesh", Convert.ToBase64String(all.Export(X509ContentType.Pkcs12) ?? []), "application/x-pkcs12");

        var material = await Source().ReadAsync(Trust, Cancellation);

        Assert.Equal(withKey.ExportCertificatePem(), material.CaCert.TrimEnd());
        Assert.Equal(_mesh.RootPem, material.RootCert.TrimEnd());
        using var own = X509Certificate2.CreateFromPem(material.CaCert, material.CaKey);
        Assert.True(own.HasPrivateKey);
    }

    [Fact]
    public async Task An_earlier_version_can_be_read_as_long_as_the_vault_has_it()
    {
        Vault.SetCertificate("mesh", _mesh.IssueIntermediatePem());
        var first = await Source().ReadAsync(Trust, Cancellation);
        Vault.SetCertificate("mesh", _mesh.IssueIntermediatePem());

        Assert.Equal(first.CaCert, (await Source().ReadVersionAsync(Trust, first.SourceVersion, Cancellation)).CaCert);
        var fault = await Assert.ThrowsAsync<CertificateSourceException>(() => Source().ReadVersionAsync(Trust, new string('0', 32), Cancellation));
        Assert.Contains(new string('0', 32), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_earlier_set_of_the_four_secrets_is_read_part_by_part()
    {
        string[] parts = ["ca-cert", "ca-key", "root-cert", "cert-chain"];
        TestCa[] sets = [TestCa.Two(), TestCa.Two()];
        var versions = new List<string>();
        foreach (var ca in sets)
        {
            foreach (var (name, value) in parts.Zip([ca.CaCert, ca.CaKey, ca.RootCert, ca.CertChain]))
                Vault.SetSecret(name, value);
            versions.Add((await Source().ReadAsync(Trust, Cancellation)).SourceVersion);
        }

        Assert.Equal(sets[0].CaKey, (await Source().ReadVersionAsync(Trust, versions[0], Cancellation)).CaKey);
        Assert.Equal(sets[1].CaKey, (await Source().ReadVersionAsync(Trust, versions[1], Cancellation)).CaKey);
    }

    [Theory]
    [InlineData(false, false, "no private key")]
    [InlineData(true, false, "issuer of 'O=Test, CN=Intermediate CA' is missing")]
    [InlineData(true, true, "no certificate fits the private key")]
    public async Task What_makes_no_ca_is_refused_with_the_reason_and_without_the_key(bool withKey, bool foreignKey, string reason)
    {
        var blocks = _mesh.IssueIntermediatePem().Split("-----BEGIN CERTIFICATE-----");
        var key = foreignKey ? _mesh.IssueIntermediatePem().Split("-----BEGIN CERTIFICATE-----")[0] : blocks[0];
        Vault.SetCertificate("mesh", (withKey ? key : "") + "-----BEGIN CERTIFICATE-----" + blocks[1]);

        var fault = await Assert.ThrowsAsync<CertificateSourceException>(() => Source().ReadAsync(Trust, Cancellation));

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_refuses_us_is_said_so_without_its_answer()
    {
        var source = new KeyVaultCertificateSource(new VaultClients(
            DelegatedTokenCredential.Create((_, _) => new AccessToken("wrong", DateTimeOffset.MaxValue)), new HttpClientTransport(Vault.CreateHandler())));

        var fault = await Assert.ThrowsAsync<CertificateSourceException>(() => source.ReadAsync(Trust, Cancellation));

        Assert.Contains("HTTP 401", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_nobody_answers_for_is_said_so_with_what_to_look_at()
    {
        using var nowhere = new SocketsHttpHandler { ConnectCallback = (_, _) => throw new SocketException((int)SocketError.HostNotFound) };
        var source = new KeyVaultCertificateSource(new VaultClients(
            DelegatedTokenCredential.Create((_, _) => new AccessToken("", DateTimeOffset.MaxValue)), new HttpClientTransport(nowhere)));

        var fault = await Assert.ThrowsAsync<CertificateSourceException>(() => source.ReadAsync(Trust, Cancellation));

        Assert.StartsWith("certificate mesh of vault test-mesh.vault.azure.net: the vault does not answer (", fault.Message, StringComparison.Ordinal);
        Assert.Contains("see whether its address is right, and whether this network resolves and reaches it", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_keys_are_the_two_newest_versions()
    {
        foreach (var key in new[] { "first-key-of-three", "second-key-of-three", "third-key-of-three" })
        {
            Vault.SetSecret("isthmus-webhook-key", key);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var keys = await new KeyVaultWebhookKeys(Clients()).ReadAsync(Vault.Url, KeyVaultWebhookKeys.DefaultSecret, Cancellation);

        Assert.Equal(["third-key-of-three", "second-key-of-three"], keys.Select(global::System.Text.Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task A_webhook_key_that_is_too_short_is_refused()
    {
        Vault.SetSecret("isthmus-webhook-key", "short");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new KeyVaultWebhookKeys(Clients()).ReadAsync(Vault.Url, KeyVaultWebhookKeys.DefaultSecret, Cancellation));
    }

    private KeyVaultCertificateSource Source() => new(Clients());

    private VaultClients Clients() => new(
        DelegatedTokenCredential.Create((_, _) => new AccessToken(Vault.Token, DateTimeOffset.MaxValue)), new HttpClientTransport(Vault.CreateHandler()));

    private static int Count(string pem) => pem.Split("-----BEGIN CERTIFICATE-----").Length - 1;
}
