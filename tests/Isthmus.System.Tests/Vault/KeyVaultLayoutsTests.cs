using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Certificates;
using Azure.Security.KeyVault.Secrets;
using Isthmus.Core.Mesh;
using Isthmus.Core.Tests.Trust;
using Isthmus.Core.Trust;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Isthmus.Runtime.KeyVault;
using Xunit;

namespace Isthmus.System.Tests.Vault;

/// <summary>Every kind of key and layout that a vault may hold the CA in, and every way in which it may not give it, through the real SDK.</summary>
public sealed class KeyVaultLayoutsTests : IAsyncLifetime
{
    private static readonly string[] Parts = ["ca-cert", "ca-key", "root-cert", "cert-chain"];

    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("test", TimeProvider.System);
    private EmbeddedVault? _vault;

    public static TheoryData<string, string> KeysAndLayouts =>
        new MatrixTheoryData<string, string>(["RSA", "P-256", "P-384", "P-521"], ["PKCS#12", "PKCS#12 as a secret", "PEM", "PEM upside down", "PEM with the old kind of key", "four secrets"]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EmbeddedVault Vault => _vault ?? throw new InvalidOperationException("The vault is not started.");

    private TrustSettings Trust => new(Vault.Url, "mesh", null, Adopt: false);

    public async ValueTask InitializeAsync() =>
        _vault = await EmbeddedVault.StartAsync(new EmbeddedVaultOptions { Name = "test-mesh", Authority = _authority }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        _authority.Dispose();
    }

    [Theory]
    [MemberData(nameof(KeysAndLayouts))]
    public async Task Reads_each_kind_of_key_in_each_layout(string kind, string layout)
    {
        var ca = Make(kind);
        await StoreAsync(ca, layout);

        var material = await Source().ReadAsync(Trust, Cancellation);

        Assert.Empty(CaMaterialValidator.Validate(material, CertificateShape.Now));
        Assert.Equal(ca.CaCert.Trim(), material.CaCert.Trim());
        Assert.Equal(ca.RootCert.Trim(), material.RootCert.Trim());
        Assert.Equal(ca.CertChain.Trim(), material.CertChain.Trim());
        Assert.Equal(material.SourceVersion, (await Source().ReadVersionAsync(Trust, material.SourceVersion, Cancellation)).SourceVersion);
    }

    [Fact]
    public async Task The_four_texts_stay_byte_for_byte_but_for_parameters_before_the_key()
    {
        var ca = TestCa.Two();
        var root = "# ours\r\n" + ca.RootCert.Replace("\n", "\r\n", StringComparison.Ordinal);
        Store(ca with { RootCert = root, CaKey = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + ca.CaKey });

        var material = await Source().ReadAsync(Trust, Cancellation);

        Assert.Equal((ca.CaCert, ca.CaKey, root, ca.CertChain), (material.CaCert, material.CaKey, material.RootCert, material.CertChain));
    }

    [Fact]
    public async Task The_root_may_lie_in_a_secret_of_its_own_and_stays_byte_for_byte()
    {
        var ca = TestCa.Two();
        await ImportAsync(Pkcs12(ca, withRoot: false));
        Assert.Contains("store it as a secret of its own and name that in trust.root", await RefusalAsync(Trust), StringComparison.Ordinal);

        Vault.SetSecret("mesh-root", "# the root\n" + ca.RootCert);
        var material = await Source().ReadAsync(Trust with { Root = "mesh-root" }, Cancellation);

        Assert.Equal("# the root\n" + ca.RootCert, material.RootCert);
        Assert.Equal(ca.CaCert, material.CertChain);
        Assert.Empty(CaMaterialValidator.Validate(material, CertificateShape.Now));
        Assert.Contains("secret other is missing, and trust.root names it", await RefusalAsync(Trust with { Root = "other" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Four_secrets_that_are_being_changed_are_waited_for_and_read_as_one_set()
    {
        var (old, fresh) = (TestCa.Two(), TestCa.Two());
        Store(old);
        Vault.SetSecret("ca-cert", fresh.CaCert);
        var reads = 0;
        Vault.Faults.BeforeAnswer = path =>
        {
            // The first two readings find a half-changed set; then the rest of the change comes, in the midst of a reading.
            if (path.StartsWith("/secrets/root-cert", StringComparison.Ordinal) && ++reads == 3)
                Store(fresh);
        };

        var material = await Source().ReadAsync(Trust, Cancellation);

        Assert.Equal((fresh.CaCert, fresh.CaKey, fresh.RootCert, fresh.CertChain), (material.CaCert, material.CaKey, material.RootCert, material.CertChain));
        Assert.True(reads >= 4, $"{reads} readings");
    }

    [Fact]
    public async Task Four_secrets_that_stay_half_changed_are_refused_with_what_does_not_fit()
    {
        Store(TestCa.Two());
        Vault.SetSecret("ca-key", TestCa.Two().CaKey);

        var refusal = await RefusalAsync(Trust);

        Assert.Contains("secrets ca-cert, ca-key, root-cert, cert-chain do not belong together: ca-key.pem is not the key of ca-cert.pem", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_part_is_named()
    {
        Store(TestCa.Two());
        Vault.Delete("root-cert");
        Assert.Contains("secret root-cert was deleted at ", await RefusalAsync(Trust), StringComparison.Ordinal);
        await Secrets().StartRecoverDeletedSecretAsync("root-cert", Cancellation);
        Assert.NotNull(await Source().ReadAsync(Trust, Cancellation));
    }

    [Fact]
    public async Task A_vault_without_the_CA_says_how_it_may_be_stored() =>
        Assert.Contains("store the CA as one exportable certificate, or as the secrets ca-cert, ca-key, root-cert, cert-chain", await RefusalAsync(Trust), StringComparison.Ordinal);

    [Fact]
    public async Task A_disabled_version_gives_way_to_the_newest_enabled_one()
    {
        var ca = TestCa.Two();
        await ImportAsync(Pkcs12(ca, withRoot: true));
        await ImportAsync(Pkcs12(TestCa.Two(), withRoot: true));
        Vault.SetEnabled("mesh", enabled: false);

        Assert.Equal(ca.CaCert, (await Source().ReadAsync(Trust, Cancellation)).CaCert);

        await foreach (var version in Certificates().GetPropertiesOfCertificateVersionsAsync("mesh", Cancellation))
            Vault.SetEnabled("mesh", enabled: false, version.Version);
        Assert.Contains("every version of mesh is disabled", await RefusalAsync(Trust), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_part_gives_way_to_the_newest_enabled_version_too()
    {
        var ca = TestCa.Two();
        Store(ca);
        Vault.SetSecret("ca-key", "spoilt");
        Vault.SetEnabled("ca-key", enabled: false);

        Assert.Equal(ca.CaKey, (await Source().ReadAsync(Trust, Cancellation)).CaKey);
    }

    [Fact]
    public async Task A_certificate_that_was_deleted_can_be_recovered()
    {
        await ImportAsync(Pkcs12(TestCa.Two(), withRoot: true));
        Vault.Delete("mesh");

        Assert.Contains("secret mesh was deleted at ", await RefusalAsync(Trust), StringComparison.Ordinal);

        // Deleted in favour of the four secrets, it stays deleted for months.
        Store(TestCa.Two());
        Assert.NotNull(await Source().ReadAsync(Trust, Cancellation));
    }

    [Fact]
    public async Task A_key_that_cannot_be_exported_is_refused_with_what_to_do()
    {
        await ImportAsync(Pkcs12(TestCa.Two(), withRoot: true), exportable: false);
        Assert.Contains("its key is not exportable", await RefusalAsync(Trust), StringComparison.Ordinal);

        // Who may read secrets only sees a secret without a key.
        Vault.Faults.ForbiddenPath = "/certificates/";
        Assert.Contains("holds no private key: is the certificate exportable?", await RefusalAsync(Trust), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_role_for_secrets_alone_suffices()
    {
        var ca = TestCa.Two();
        await ImportAsync(Pkcs12(ca, withRoot: true));
        Vault.Faults.ForbiddenPath = "/certificates/";

        Assert.Equal(ca.CaCert, (await Source().ReadAsync(Trust, Cancellation)).CaCert);
    }

    [Fact]
    public async Task Without_any_role_the_role_is_named()
    {
        Store(TestCa.Two());
        Vault.Faults.ForbiddenPath = "/";

        Assert.Contains("HTTP 403 Forbidden: the app's identity needs the role Key Vault Secrets User", await RefusalAsync(Trust), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_throttled_vault_is_asked_again_after_the_time_it_names()
    {
        Store(TestCa.Two());
        Vault.Faults.Throttle(2, TimeSpan.FromSeconds(1));

        var began = TimeProvider.System.GetTimestamp();
        Assert.NotNull(await Source().ReadAsync(Trust, Cancellation));
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_vault_that_throttles_for_longer_than_a_run_may_take_is_left_to_the_next_run()
    {
        Store(TestCa.Two());
        Vault.Faults.Throttle(1, TimeSpan.FromMinutes(5));

        Assert.Contains("HTTP 429 Throttled: the vault is throttling; the next run tries again", await RefusalAsync(Trust), StringComparison.Ordinal);
        Assert.NotNull(await Source().ReadAsync(Trust, Cancellation));
    }

    [Theory]
    [InlineData("rubbish, surely", "is neither PEM nor base64 of PKCS#12")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n", "the private key is encrypted")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMAA=\n", "block 1 is cut off")]
    public async Task What_is_no_bundle_is_refused_with_the_reason(string value, string reason)
    {
        Vault.SetSecret("mesh", value);

        var refusal = await RefusalAsync(Trust);

        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("MAA=", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("rubbish", refusal, StringComparison.Ordinal);
    }

    private static TestCa Make(string kind) => kind switch
    {
        "RSA" => TestCa.Two(new() { Key = TestCa.Rsa }, new() { Key = TestCa.OtherRsa }),
        "P-256" => TestCa.Three(),
        "P-384" => TestCa.Two(new() { Key = ECDsa.Create(ECCurve.NamedCurves.nistP384) }),
        _ => TestCa.Two(new() { Key = ECDsa.Create(ECCurve.NamedCurves.nistP521) }),
    };

    private static byte[] Pkcs12(TestCa ca, bool withRoot)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(ca.CertChain);
        var others = all.Skip(1).Where(certificate => withRoot || certificate.Subject != certificate.Issuer).Reverse();
        X509Certificate2Collection bundle = [.. others, X509Certificate2.CreateFromPem(ca.CaCert, ca.CaKey)];
        return bundle.Export(X509ContentType.Pkcs12) ?? [];
    }

    private static string OldKey(TestCa ca) => ca.Signing.Key is RSA rsa ? rsa.ExportRSAPrivateKeyPem() : ((ECDsa)ca.Signing.Key).ExportECPrivateKeyPem();

    private async Task StoreAsync(TestCa ca, string layout)
    {
        switch (layout)
        {
            case "PKCS#12":
                await ImportAsync(Pkcs12(ca, withRoot: true));
                break;
            case "PKCS#12 as a secret":
                Vault.SetSecret("mesh", Convert.ToBase64String(Pkcs12(ca, withRoot: true)), "application/x-pkcs12");
                break;
            case "PEM":
                Vault.SetCertificate("mesh", ca.CaKey + ca.CertChain);
                break;
            case "PEM upside down":
                var blocks = ca.CertChain.Split("-----END CERTIFICATE-----\n", StringSplitOptions.RemoveEmptyEntries).Reverse();
                Vault.SetCertificate("mesh", (string.Concat(blocks.Select(block => block + "-----END CERTIFICATE-----\n# and\n")) + ca.CaKey).Replace("\n", "\r\n", StringComparison.Ordinal));
                break;
            case "PEM with the old kind of key":
                Vault.SetCertificate("mesh", ca.CertChain + OldKey(ca) + "\n");
                break;
            default:
                Store(ca with { CaKey = OldKey(ca) });
                break;
        }
    }

    private void Store(TestCa ca)
    {
        foreach (var (name, value) in Parts.Zip([ca.CaCert, ca.CaKey, ca.RootCert, ca.CertChain]))
            Vault.SetSecret(name, value);
    }

    private async Task ImportAsync(byte[] bundle, bool exportable = true)
    {
        var policy = new CertificatePolicy(WellKnownIssuerNames.Unknown, "CN=ignored") { Exportable = exportable, ContentType = CertificateContentType.Pkcs12 };
        await Certificates().ImportCertificateAsync(new ImportCertificateOptions("mesh", bundle) { Policy = policy }, Cancellation);
    }

    private async Task<string> RefusalAsync(TrustSettings trust)
    {
        var fault = await Assert.ThrowsAsync<CertificateSourceException>(() => Source().ReadAsync(trust, Cancellation));
        Assert.DoesNotContain("PRIVATE KEY-----", fault.ToString(), StringComparison.Ordinal);
        return fault.Message;
    }

    private KeyVaultCertificateSource Source() => new(Clients(), TimeProvider.System, new SetPatience(4, TimeSpan.Zero));

    private SecretClient Secrets() => Clients().For(Vault.Url);

    private CertificateClient Certificates() => Clients().CertificatesFor(Vault.Url);

    private VaultClients Clients() => new(
        DelegatedTokenCredential.Create((_, _) => new AccessToken(Vault.Token, DateTimeOffset.MaxValue)), new HttpClientTransport(Vault.CreateHandler()));
}
