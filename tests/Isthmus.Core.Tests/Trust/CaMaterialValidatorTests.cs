using System.Security.Cryptography.X509Certificates;
using Isthmus.Core.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Trust;

public sealed class CaMaterialValidatorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TestAuthority Root = new("root", Now);

    [Fact]
    public void Sound_material_has_no_fault() => Assert.Empty(CaMaterialValidator.Validate(Root.Material(Now, "v1"), Now));

    [Fact]
    public void Says_when_it_is_not_valid_yet_or_any_more()
    {
        var material = Root.Material(Now, "v1");
        Assert.Contains(CaMaterialValidator.Validate(material, Now.AddYears(2)), fault => fault.StartsWith("ca-cert.pem: CN=intermediate expired at 2027-11-22", StringComparison.Ordinal));
        Assert.Contains(CaMaterialValidator.Validate(material, Now.AddDays(-2)), fault => fault.Contains("is not valid before", StringComparison.Ordinal));
    }

    [Fact]
    public void Finds_all_faults_at_once()
    {
        var (cert, _) = Root.Sign("leaf", Now.AddDays(-2), Now.AddDays(-1), isAuthority: false, usage: X509KeyUsageFlags.DigitalSignature);
        var (_, otherKey) = Root.Sign("other", Now, Now.AddDays(1));
        var other = new TestAuthority("another root", Now);
        var faults = CaMaterialValidator.Validate(new CaMaterial(cert, otherKey, other.RootPem, "", "v1"), Now);
        string[] expected = ["is not a CA", "lacks certSign", "expired at", "is not the key of", "does not lead to", "cert-chain.pem holds no certificate"];
        Assert.All(expected, text => Assert.Contains(faults, fault => fault.Contains(text, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_private_key_cannot_slip_into_a_bundle()
    {
        var good = Root.Material(Now, "v1");
        var faults = CaMaterialValidator.Validate(new CaMaterial(good.CaCert, good.CaKey, good.RootCert + "\n" + good.CaKey, good.CertChain, "v1"), Now);
        Assert.Equal("root-cert.pem, block 2 is no certificate but 'PRIVATE KEY': only certificates belong there", Assert.Single(faults));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXNlY3JldA==\n-----END PRIVATE KEY-----")]
    [InlineData("secret-secret")]
    public void An_unreadable_key_is_a_fault_that_does_not_quote_it(string key)
    {
        var good = Root.Material(Now, "v1");
        var material = new CaMaterial(good.CaCert, key, good.RootCert, good.CertChain, "v1");
        var fault = Assert.Single(CaMaterialValidator.Validate(material, Now));
        Assert.Equal("ca-key.pem is not a readable, unencrypted private key", fault);
        Assert.Equal("CA material, version v1", material.ToString());
    }
}
