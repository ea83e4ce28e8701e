using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Tests.Trust;

/// <summary>CAs that are sound, each in another way.</summary>
internal static class GoodCas
{
    private static readonly CertificateShape Plain = new();

    public static IReadOnlyDictionary<string, Func<TestCa>> All { get; } = new Dictionary<string, Func<TestCa>>(StringComparer.Ordinal)
    {
        ["P-256"] = () => TestCa.Two(),
        ["P-384"] = () => TestCa.Two(Curve(ECCurve.NamedCurves.nistP384), Curve(ECCurve.NamedCurves.nistP384) with { Hash = HashAlgorithmName.SHA384 }),
        ["P-521"] = () => TestCa.Two(Curve(ECCurve.NamedCurves.nistP521), Curve(ECCurve.NamedCurves.nistP521) with { Hash = HashAlgorithmName.SHA512 }),
        ["RSA"] = () => TestCa.Two(Plain with { Key = TestCa.Rsa }, Plain with { Key = TestCa.OtherRsa }),
        ["RSA under EC"] = () => TestCa.Two(Plain with { Key = TestCa.Rsa }),
        ["EC under RSA"] = () => TestCa.Two(root: Plain with { Key = TestCa.Rsa, Hash = HashAlgorithmName.SHA512 }),
        ["signed with RSASSA-PSS"] = () => TestCa.Two(Plain with { Generator = X509SignatureGenerator.CreateForRSA(TestCa.Rsa, RSASignaturePadding.Pss) }, Plain with { Key = TestCa.Rsa }),
        ["signed with RSASSA-PSS and SHA-512"] = () => TestCa.Two(
            Plain with { Generator = X509SignatureGenerator.CreateForRSA(TestCa.Rsa, RSASignaturePadding.Pss), Hash = HashAlgorithmName.SHA512 }, Plain with { Key = TestCa.Rsa }),
        ["three links"] = () => TestCa.Three(),
        ["path lengths that just suffice"] = () => TestCa.Three(Plain with { PathLength = 0 }, Plain with { PathLength = 1 }, Plain with { PathLength = 2 }),
        ["no key identifiers"] = () => TestCa.Two(Plain with { HasKeyIdentifiers = false }, Plain with { HasKeyIdentifiers = false }),
        ["no key usage"] = () => TestCa.Two(Plain with { Usage = null }, Plain with { Usage = null }),
        ["signs certificates only"] = () => TestCa.Two(Plain with { Usage = X509KeyUsageFlags.KeyCertSign }),
        ["for servers and clients"] = () => TestCa.Two(Plain with { Uses = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"] }),
        ["constrained to DNS names"] = () => TestCa.Two(Plain with { More = [new("2.5.29.30", [0x30, 0x0B, 0xA0, 9, 0x30, 7, 0x82, 5, .. "local"u8], true)] }),
        ["an extension that nobody has to know"] = () => TestCa.Two(Plain with { More = [new("1.2.3.4", [5, 0], false)] }),
        ["just long enough"] = () => TestCa.Two(Plain with { Until = CertificateShape.Now.AddHours(24) }),
        ["an intermediate that outlives its root"] = () => TestCa.Two(Plain with { Until = CertificateShape.Now.AddYears(3) }),
        ["PKCS#1"] = () => Change(TestCa.Two(Plain with { Key = TestCa.Rsa }), ca => ca with { CaKey = TestCa.Rsa.ExportRSAPrivateKeyPem() }),
        ["SEC1"] = () => Change(TestCa.Two(), ca => ca with { CaKey = ca.Signing.Key is ECDsa key ? key.ExportECPrivateKeyPem() : "" }),
        ["chain without the root"] = () => Change(TestCa.Two(), ca => ca with { CertChain = ca.CaCert }),
        ["chain without the root, three links"] = () => Change(TestCa.Three(), ca => ca with { CertChain = ca.CertChain[..^ca.RootCert.Length] }),
        ["line ends of Windows"] = () => Change(TestCa.Two(), ca => ca with
        {
            CaCert = Windows(ca.CaCert),
            CaKey = Windows(ca.CaKey),
            RootCert = Windows(ca.RootCert),
            CertChain = Windows(ca.CertChain),
        }),
        ["no line end at the end"] = () => Change(TestCa.Two(), ca => ca with { CaCert = ca.CaCert.TrimEnd(), CaKey = ca.CaKey.TrimEnd(), RootCert = ca.RootCert.TrimEnd(), CertChain = ca.CertChain.TrimEnd() }),
        ["explanations between the blocks"] = () => Change(TestCa.Two(), ca => ca with
        {
            CertChain = $"# ours\nsubject=CN = intermediate\n{ca.CaCert}\nBag Attributes: <Empty Attributes>\nissuer=CN = root\n\n{ca.RootCert}# end\n",
        }),
        ["two roots"] = () => Change(TestCa.Two(), ca => ca with { RootCert = IssuedCertificate.Root("old root").Pem + ca.RootCert }),
        ["a root renewed with its key"] = Renewed,
        ["a root renewed under its name"] = () => Change(TestCa.Two(), ca => ca with { RootCert = IssuedCertificate.Root("root").Pem + ca.RootCert }),
        ["cross-signed, trusting the old root"] = () => CrossSigned(trustsNew: false),
        ["cross-signed, trusting the new root"] = () => CrossSigned(trustsNew: true),
    };

    private static CertificateShape Curve(ECCurve curve) => Plain with { Key = ECDsa.Create(curve) };

    private static TestCa Change(TestCa ca, Func<TestCa, TestCa> change) => change(ca);

    private static string Windows(string text) => text.Replace("\n", "\r\n", StringComparison.Ordinal);

    private static TestCa Renewed()
    {
        var old = IssuedCertificate.Root("root", Plain with { Until = CertificateShape.Now.AddDays(30) });
        var renewed = IssuedCertificate.Root("root", Plain with { Key = old.Key });
        return TestCa.Of(old.Issue("intermediate"), old) with { RootCert = renewed.Pem + old.Pem };
    }

    private static TestCa CrossSigned(bool trustsNew)
    {
        var (old, fresh) = (IssuedCertificate.Root("old root"), IssuedCertificate.Root("new root"));
        var signing = fresh.Issue("intermediate");
        return TestCa.Of(signing, fresh.CrossSignedBy(old), old) with { RootCert = trustsNew ? fresh.Pem : old.Pem };
    }
}
