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
    [MemberData(nameof(Keys), DisableDiscoveryEnumeration = true)]
    public void A_key_is_taken_out_however_it_was_written_down(string pem)
    {
        var lines = pem.Split('\n')[1..^1].Where(line => line.Length > 40).ToList();
        foreach (var text in Writings(pem).Select(Redaction.Text))
            Assert.All(lines.SelectMany(line => line.Split('+', '/')).Where(part => part.Length > 12), part => Assert.DoesNotContain(part, text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Keys), DisableDiscoveryEnumeration = true)]
    public void A_key_within_base64_is_taken_out_wherever_it_begins(string pem)
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string(' ', shift) + "users:\n" + pem));
            foreach (var text in new[] { encoded, encoded.Replace('+', '-').Replace('/', '_'), Wrapped(encoded, 76), Wrapped(encoded, 64) })
                Assert.DoesNotContain(encoded[40..60], Redaction.Text($"data: {text}"), StringComparison.Ordinal);
        }
    }

    /// <summary>As logs, JSON within JSON, YAML and addresses write it.</summary>
    private static IEnumerable<string> Writings(string pem)
    {
        yield return pem.Replace("\n", "\\n", StringComparison.Ordinal);
        yield return pem.Replace("\n", "\\\\n", StringComparison.Ordinal);
        yield return pem.Replace("\n", "\r\n", StringComparison.Ordinal);
        yield return pem.Replace("\n", " ", StringComparison.Ordinal);
        yield return pem.Replace("\n", "\n    ", StringComparison.Ordinal);
        yield return pem.Replace(" ", "%20", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
        yield return pem.Replace("BEGIN ", "BEGIN\n", StringComparison.Ordinal);
        yield return pem.Replace("-----BEGIN", "----BEGIN", StringComparison.Ordinal);
        yield return string.Concat(pem.Split('\n').Select((line, at) => $"2026-11-22T12:00:0{at % 10}Z info: {line}\n"));
        // A log that keeps lines apart shows each by itself.
        foreach (var line in pem.Split('\n')[1..^1].Where(line => line.Length == 64))
            yield return line;
        foreach (var line in pem.Split('\n')[1..^1].Where(line => line.Length == 64))
            yield return "\"" + line.Replace("+", "\\u002B", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal) + "\\n\"";
        yield return "-----BEGIN CERTIFICATE-----\n" + string.Join('\n', pem.Split('\n')[1..^1]) + "\n-----END CERTIFICATE-----";
    }

    [Fact]
    public void Certificates_stay_readable_beside_a_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new global::System.Security.Cryptography.X509Certificates.CertificateRequest("CN=east", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var pem = certificate.ExportCertificatePem();
        var der = Convert.ToBase64String(certificate.RawData);
        foreach (var text in new[] { pem, pem.Replace("\n", "\\n", StringComparison.Ordinal), der, Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)) })
        {
            Assert.Equal(text, Redaction.Text(text));
            Assert.StartsWith(text, Redaction.Text(text + "\n" + key.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
        }
    }

    private static string Wrapped(string text, int width) => string.Join('\n', text.Chunk(width).Select(line => new string(line)));

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
    [InlineData("Authorization: Basic TOKEN")]
    [InlineData("{\"Authorization\":\"Bearer TOKEN\"}")]
    [InlineData("token: |\n      TOKEN\n")]
    [InlineData("Token=TOKEN")]
    [InlineData("{\\\\\"token\\\\\":\\\\\"TOKEN\\\\\"}")]
    [InlineData("https://admin:TOKEN@api.test/ refused")]
    [InlineData("DefaultEndpointsProtocol=https;AccountKey=TOKEN;EndpointSuffix=x")]
    [InlineData("aeg-sas-key: TOKEN")]
    [InlineData("https://x.test/c?sv=1&sig=TOKEN")]
    [InlineData("Post \"https:\\/\\/f.test\\/api\\/clusters\\/east\\/TOKEN\\/changes\"")]
    [InlineData("redirect=https%3A%2F%2Ff.test%2Fapi%2Fclusters%2Feast%2FTOKEN%2Finject")]
    [InlineData("got eyJhbGciOiJSUzI1NiJ9.TOKEN.TOKEN.TOKEN.TOKEN for it")]
    [InlineData("GET https://f.test/api/status?code=TOKEN failed")]
    public void Tokens_are_taken_out(string text)
    {
        var redacted = Redaction.Text(text.Replace("TOKEN", Token, StringComparison.Ordinal));
        Assert.DoesNotContain(Token, redacted, StringComparison.Ordinal);
        Assert.Contains("(redacted, ", redacted, StringComparison.Ordinal);
    }

    /// <summary>Random keys bring such a line once in some hundred runs: a header with little but names of algorithms, few changes between kinds of letters, base64 of base64.</summary>
    [Theory]
    [InlineData("5ZSWAgEBMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAECBBCV+RWlvifFB6/66m1Y")]
    [InlineData("imOELQIBATAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQbcyxr+xmQPSIuiwe")]
    [InlineData("MIG4MCMGCiqGSIb3DQEMAQMwFQQQcoe+1suDZWZ+s+zkR/cL+AIBAQSBkALWWZQT")]
    [InlineData("ljkrBIGQTLCiKOEMJsyapasgkvnnjtLAK/8O+MUVWUj0NxkBpu5gLmdmDLXBCCby")]
    [InlineData("F6hr7Zuu96rrrcopkWBWUGHbn/MgLHVW661FXWuyZJLwiOAWxq/zdpfpxfjmqahb")]
    [InlineData("TTZPUDVEMDBQNHZVYmlFN2pUSW51CkpDcm1ONlBzekVRNEN0UDZXTDNHWGNLRVps")]
    public void A_line_of_a_key_that_hardly_looks_random_is_taken_out(string line) =>
        Assert.Equal($"got (redacted, {line.Length} characters)", Redaction.Text("got " + line));

    [Theory]
    [InlineData("secrets \"istio-system/cacerts\" is forbidden: User \"x\" cannot get resource")]
    [InlineData("/api/clusters/east/")]
    [InlineData("the token: missing")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUe\n-----END CERTIFICATE-----")]
    [InlineData("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI=")]
    [InlineData("Bearer authentication is wanted")]
    [InlineData("image docker.io/istio/proxyv2@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae cannot be pulled")]
    [InlineData("/subscriptions/0B1F6471-1BF0-4DDA-AEC3-111122223333/resourceGroups/MC_PROD-RG_EAST1_WESTEUROPE/providers/Microsoft.ContainerService/managedClusters/east1")]
    [InlineData("outbound_.9080_._.reviews-of-a-rather-long-name-v2.shop-in-the-north.svc.cluster.local")]
    [InlineData("networking/istio/io/v1alpha3/EnvoyFilter/istioSystem/tcpMetadataExchangeFilterOfIstio127AndLater")]
    [InlineData("SHA-256 B1946AC92492D2347C6235B4D2611184B1946AC92492D2347C6235B4D2611184")]
    public void What_is_no_secret_stays(string text) => Assert.Equal(text, Redaction.Text(text));
}
