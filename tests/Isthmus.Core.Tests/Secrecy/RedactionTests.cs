using System.Security.Cryptography;
using System.Text;
using Isthmus.Core.Secrecy;
using Xunit;

namespace Isthmus.Core.Tests.Secrecy;

public sealed class RedactionTests
{
    private const string Token = "4f0c2ab19d7e4f0c2ab19d7e4f0c2ab1";

    public static TheoryData<string> Keys()
    {
        using var rsa = RSA.Create(2048);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return
        [
            rsa.ExportRSAPrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem(), p256.ExportECPrivateKeyPem(), p256.ExportPkcs8PrivateKeyPem(),
            p384.ExportECPrivateKeyPem(), p384.ExportPkcs8PrivateKeyPem(),
            p256.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)),
        ];
    }

    [Theory]
    [MemberData(nameof(Keys), DisableDiscoveryEnumeration = true)]
    public void No_line_of_a_private_key_stays(string pem)
    {
        var lines = pem.Split('\n')[1..^1];
        string[] texts = [pem, pem.Replace("\n", "\\n", StringComparison.Ordinal), pem[..^30], $"cannot read \"{pem}\": bad"];
        foreach (var text in texts.Select(Redaction.Text))
            Assert.All(lines, line => Assert.DoesNotContain(line, text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Keys), DisableDiscoveryEnumeration = true)]
    public void A_private_key_in_base64_is_taken_out_wherever_it_stands_in_its_file(string pem)
    {
        foreach (var file in new[] { pem, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + pem })
        {
            var encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(file));
            var text = Redaction.Text($"data: {{\"ca-key.pem\": \"{encoded}\"}}");
            Assert.DoesNotContain(encoded[80..120], text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Keys), DisableDiscoveryEnumeration = true)]
    public void A_key_without_its_frame_is_taken_out(string pem)
    {
        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
            return;
        var body = string.Concat(pem.Split('\n')[1..^1]);
        Assert.DoesNotContain(body[40..80], Redaction.Text($"The input '{body}' is no certificate."), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failed calling webhook \"x\": Post \"https://f.test/api/clusters/east/TOKEN/changes?timeout=1s\": EOF")]
    [InlineData("Authorization: Bearer TOKEN")]
    [InlineData("users:\n- user:\n    token: TOKEN")]
    [InlineData("{\"token\":\"TOKEN\"}")]
    [InlineData("{\\\"token\\\":\\\"TOKEN\\\"}")]
    [InlineData("client-key-data: TOKEN")]
    [InlineData("client_secret=TOKEN&grant_type=client_credentials")]
    [InlineData("got eyJhbGciOiJSUzI1NiJ9.TOKEN.TOKEN for it")]
    [InlineData("x-functions-key: TOKEN")]
    [InlineData("GET https://f.test/api/status?code=TOKEN failed")]
    public void Tokens_are_taken_out(string text)
    {
        var redacted = Redaction.Text(text.Replace("TOKEN", Token, StringComparison.Ordinal));
        Assert.DoesNotContain(Token, redacted, StringComparison.Ordinal);
        Assert.Contains("(redacted, ", redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets \"istio-system/cacerts\" is forbidden: User \"x\" cannot get resource")]
    [InlineData("/api/clusters/east/")]
    [InlineData("the token: missing")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUe\n-----END CERTIFICATE-----")]
    [InlineData("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI=")]
    [InlineData("Bearer authentication is wanted")]
    public void What_is_no_secret_stays(string text) => Assert.Equal(text, Redaction.Text(text));
}
