using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Isthmus.Core.Tests.Trust;

/// <summary>A CA with one fault.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Fault">What the only message says.</param>
/// <param name="Make">Makes it.</param>
/// <param name="Stricter">Why <c>openssl verify</c> accepts it and we do not; null where it refuses too.</param>
/// <param name="Witness">How OpenSSL sees it otherwise; null where that is not its business at all.</param>
internal sealed record BadCa(string Name, string Fault, Func<TestCa> Make, string? Stricter = null, Witness? Witness = null);

/// <summary>One row for each way in which a CA can be unfit.</summary>
internal static class BadCas
{
    private const string KeyFile = "verify does not look at the key file";
    private const string Go = "istiod, that is Go, refuses it";
    private const string ReadsOver = "OpenSSL passes over what it does not look for";
    private const string RootSignature = "verify looks at a root's own signature only when told to";
    private const string ByDesign = "stricter by design";

    private static readonly CertificateShape Plain = new();
    private static readonly DateTimeOffset Now = CertificateShape.Now;

    public static IReadOnlyList<BadCa> All { get; } = [.. Certificates(), .. Times(), .. Keys(), .. Chains(), .. Texts()];

    /// <summary>About the text around blocks, which is no matter of certificates.</summary>
    public static bool IsOfText(BadCa row) => Texts().Any(text => text.Name == row.Name);

    private static IEnumerable<BadCa> Certificates() =>
    [
        new("intermediate is no CA", "ca-cert.pem: CN=intermediate is not a CA certificate", () => TestCa.Two(Plain with { IsCa = false, Usage = null })),
        new("intermediate says nothing of being a CA", "ca-cert.pem: CN=intermediate is not a CA certificate", () => TestCa.Two(Plain with { IsCa = null })),
        new("a workload's certificate instead", "is not a CA certificate", () => TestCa.Two(Plain with { IsCa = false, Usage = null, Uses = [Server, Client] })),
        new("intermediate may not sign", "ca-cert.pem: CN=intermediate may not sign certificates", () => TestCa.Two(Plain with { Usage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign })),
        new("policy CA is no CA", "cert-chain.pem, block 2: CN=policy is not a CA", () => TestCa.Three(policy: Plain with { IsCa = false, Usage = null })),
        new("policy CA may not sign", "cert-chain.pem, block 2: CN=policy may not sign", () => TestCa.Three(policy: Plain with { Usage = X509KeyUsageFlags.CrlSign })),
        new("root is no CA", "root-cert.pem, block 1: CN=root is not a CA", () => TestCa.Two(root: Plain with { IsCa = false, Usage = null })),
        new("root says nothing of being a CA", "root-cert.pem, block 1: CN=root is not a CA", () => TestCa.Two(root: Plain with { IsCa = null }), "OpenSSL takes key usage for it in a root", Witness.Strict),
        new("root may not sign", "root-cert.pem, block 1: CN=root may not sign", () => TestCa.Two(root: Plain with { Usage = X509KeyUsageFlags.CrlSign })),
        new("path length of the root", "CN=root allows 0 CA certificates below it (path length), and there are 1", () => TestCa.Two(root: Plain with { PathLength = 0 })),
        new("path length of the root over two", "CN=root allows 1 CA certificates below it (path length), and there are 2", () => TestCa.Three(root: Plain with { PathLength = 1 })),
        new("path length of the policy CA", "CN=policy allows 0 CA certificates below it (path length), and there are 1", () => TestCa.Three(policy: Plain with { PathLength = 0 })),
        new("intermediate for servers only", "restricts what it may sign for", () => TestCa.Two(Plain with { Uses = [Server] })),
        new("policy CA for clients only", "block 2: CN=policy restricts what it may sign for", () => TestCa.Three(policy: Plain with { Uses = [Client] })),
        new("intermediate for code signing only", "restricts what it may sign for", () => TestCa.Two(Plain with { Uses = ["1.3.6.1.5.5.7.3.3"] })),
        new("intermediate for any use, without the two", "restricts what it may sign for", () => TestCa.Two(Plain with { Uses = ["2.5.29.37.0"] })),
        new("unknown critical extension of the intermediate", "critical extension that istiod refuses (1.2.3.4)", () => TestCa.Two(Plain with { More = [new("1.2.3.4", [5, 0], true)] })),
        new("unknown critical extension of the root", "root-cert.pem, block 1: CN=root has a critical extension", () => TestCa.Two(root: Plain with { More = [new("1.2.3.4", [5, 0], true)] })),
        new("critical key identifier", "critical extension that istiod refuses (2.5.29.14)", () => TestCa.Two(Plain with { More = [new("2.5.29.14", [4, 2, 1, 2], true)] })),
        new("constrained to another trust domain", "SPIFFE identities of workloads would be refused", () => TestCa.Two(Plain with { More = [Permits(6, "elsewhere.example")] })),
        new("constrained to directory names", "SPIFFE identities of workloads would be refused", () => TestCa.Two(Plain with { More = [new("2.5.29.30", [0x30, 8, 0xA0, 6, 0x30, 4, 0xA4, 2, 0x30, 0], true)] }), Go, Witness.Text("DirName")),
        new("an extension twice", "has the extension 1.2.3.5 twice", () => TestCa.Two(Plain with { More = [new("1.2.3.4", [5, 0], false), new("1.2.3.5", [5, 0], false)], Rewrite = Twice }), Go, Witness.Text("1.2.3.5", 2)),
        new("negative serial number", "has a negative serial number", () => TestCa.Two(Plain with { Rewrite = parts => parts[1] = [2, 2, 0x81, 1] }), Go, Witness.Text("(-0x")),
        new("intermediate without a name", "ca-cert.pem: (no name) has no subject", () => { var root = IssuedCertificate.Root("root"); return TestCa.Of(root.Issue(""), root); }),
        new("signed with SHA-1", "is signed with SHA-1", () => Signed(new OddSignatures(TestCa.Rsa, "1.2.840.113549.1.1.5", HashAlgorithmName.SHA1))),
        new("root signed with SHA-1", "root-cert.pem, block 1: CN=root is signed with SHA-1", () => TestCa.Two(root: Plain with { Key = TestCa.Rsa, Generator = new OddSignatures(TestCa.Rsa, "1.2.840.113549.1.1.5", HashAlgorithmName.SHA1) }), RootSignature, Witness.Text("sha1WithRSAEncryption", 2, "root.pem")),
        new("signed with MD5", "is signed with MD5", () => Signed(new OddSignatures(TestCa.Rsa, "1.2.840.113549.1.1.4", HashAlgorithmName.MD5))),
        new("signed with SHA-224", "is signed in a way that istiod does not know (2.16.840.1.101.3.4.3.1)", () => Signed(new OddSignatures(TestCa.Rsa, "2.16.840.1.101.3.4.3.1", HashAlgorithmName.SHA256))),
    ];

    private static IEnumerable<BadCa> Times() =>
    [
        new("intermediate expired", "ca-cert.pem: CN=intermediate expired at 2026-11-22 11:00:00Z", () => TestCa.Two(Plain with { Until = Now.AddHours(-1) })),
        new("intermediate not valid yet", "ca-cert.pem: CN=intermediate is not valid before 2026-11-22 13:00:00Z", () => TestCa.Two(Plain with { From = Now.AddHours(1) })),
        new("policy CA expired", "cert-chain.pem, block 2: CN=policy expired at", () => TestCa.Three(policy: Plain with { Until = Now.AddHours(-1) })),
        new("policy CA not valid yet", "cert-chain.pem, block 2: CN=policy is not valid before", () => TestCa.Three(policy: Plain with { From = Now.AddHours(1) })),
        new("root expired", "root-cert.pem, block 1: CN=root expired at", () => TestCa.Two(root: Plain with { Until = Now.AddHours(-1) })),
        new("root not valid yet", "root-cert.pem, block 1: CN=root is not valid before", () => TestCa.Two(root: Plain with { From = Now.AddHours(1) })),
        new("a second root expired", "root-cert.pem, block 2: CN=old root expired at", () => WithRoot(IssuedCertificate.Root("old root", Plain with { Until = Now.AddHours(-1) })), ByDesign, Witness.EachRoot),
        new("intermediate ends before its workloads", "ca-cert.pem: CN=intermediate expires at 2026-11-23 11:00:00Z, sooner than the workload certificates", () => TestCa.Two(Plain with { Until = Now.AddHours(23) })),
        new("policy CA ends before the workloads", "CN=policy expires at 2026-11-23 11:00:00Z, sooner than", () => TestCa.Three(policy: Plain with { Until = Now.AddHours(23) })),
        new("root ends before the workloads", "CN=root expires at 2026-11-23 11:00:00Z, sooner than", () => TestCa.Two(root: Plain with { Until = Now.AddHours(23) })),
    ];

    private static IEnumerable<BadCa> Keys() =>
    [
        new("RSA key too short", "ca-cert.pem: CN=intermediate has an RSA key of 1024 bits", () => TestCa.Two(Plain with { Key = TestCa.SmallRsa })),
        new("root's RSA key too short", "root-cert.pem, block 1: CN=root has an RSA key of 1024 bits", () => TestCa.Two(root: Plain with { Key = TestCa.SmallRsa })),
        new("a curve that istiod does not know", "has an EC key on another curve", () => TestCa.Two(Plain with { Key = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1")) }), Go, Witness.Text("ASN1 OID: secp256k1")),
        new("another EC key", "ca-key.pem is not the key of ca-cert.pem", () => WithKeyOf(ECDsa.Create(ECCurve.NamedCurves.nistP256))),
        new("an RSA key for an EC certificate", "ca-key.pem is not the key of ca-cert.pem", () => WithKeyOf(TestCa.Rsa)),
        new("another RSA key", "ca-key.pem is not the key of ca-cert.pem", () => WithKeyOf(TestCa.OtherRsa, Plain with { Key = TestCa.Rsa })),
        new("the root's key", "ca-key.pem is not the key of ca-cert.pem", () => { var root = IssuedCertificate.Root("root"); return TestCa.Of(root.Issue("intermediate"), root) with { CaKey = root.KeyPem, SignsWith = root.Key }; }),
        new("no key", "ca-key.pem is not a readable, unencrypted private key", () => WithKey(_ => ""), KeyFile, Witness.Key),
        new("no PEM for a key", "ca-key.pem is not a readable, unencrypted private key", () => WithKey(_ => "secret-secret"), KeyFile, Witness.Key),
        new("a key that is none", "ca-key.pem is not a readable, unencrypted private key", () => WithKey(_ => "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXNlY3JldA==\n-----END PRIVATE KEY-----\n"), KeyFile, Witness.Key),
        new("a key under a wrong label", "ca-key.pem is not a readable, unencrypted private key", () => WithKey(key => key.Replace("PRIVATE", "RSA PRIVATE", StringComparison.Ordinal)), KeyFile, Witness.Rsa),
        new("an encrypted key", "ca-key.pem is encrypted", () => WithKey(_ => TestCa.Rsa.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1))), KeyFile, Witness.Key),
        new("a key encrypted the old way", "ca-key.pem is encrypted", () => WithKey(_ => "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"), KeyFile, Witness.Key),
        new("a key of OpenSSH", "ca-key.pem is a 'OPENSSH PRIVATE KEY'", () => WithKey(key => key.Replace("PRIVATE", "OPENSSH PRIVATE", StringComparison.Ordinal)), KeyFile, Witness.Key),
        new("two keys", "ca-key.pem has to hold exactly one private key", () => WithKey(key => key + key), KeyFile, Witness.Finds("key.pem", 2, "keys")),
        new("parameters before the key", "ca-key.pem, block 1 is no private key but 'EC PARAMETERS'", () => WithKey(key => "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key), KeyFile, Witness.Finds("key.pem", 2)),
        new("a certificate with the key", "ca-key.pem, block 2 is no private key but 'CERTIFICATE'", () => Changed(ca => ca with { CaKey = ca.CaKey + ca.CaCert }), KeyFile, Witness.Finds("key.pem", 1, "certs")),
    ];

    private static IEnumerable<BadCa> Chains() =>
    [
        new("another root of the same name", "it ends at 'CN=root', which is not in root-cert.pem", () => Changed(ca => ca with { RootCert = IssuedCertificate.Root("root").Pem })),
        new("another key identifier", "the issuer of 'CN=intermediate', 'CN=root', is missing, or has another key identifier", () => { var signing = IssuedCertificate.Root("root").Issue("intermediate"); return TestCa.Of(signing, IssuedCertificate.Root("root")) with { CertChain = signing.Pem }; }),
        new("a root of another name", "it ends at 'CN=root', which is not in root-cert.pem", () => Changed(ca => ca with { RootCert = IssuedCertificate.Root("other").Pem })),
        new("a root of the same name", "the signature of 'CN=intermediate' does not fit 'CN=root'", () => OtherKeyOfSameName()),
        new("signature of the intermediate", "the signature of 'CN=intermediate' does not fit 'CN=root'", () => TestCa.Two(Plain with { SpoilSignature = true })),
        new("signature of the policy CA", "the signature of 'CN=policy' does not fit 'CN=root'", () => TestCa.Three(policy: Plain with { SpoilSignature = true })),
        new("signature of the root", "root-cert.pem, block 1: CN=root is no root: its signature is not its own", () => TestCa.Two(root: Plain with { SpoilSignature = true }), RootSignature, Witness.Strict),
        new("a link is missing", "the issuer of 'CN=intermediate', 'CN=policy', is missing", () => Without(1)),
        new("the intermediate is missing in the chain", "cert-chain.pem, block 1: CN=policy has to be the certificate of ca-cert.pem", () => Without(0)),
        new("the chain upside down", "cert-chain.pem, block 1: CN=root has to be the certificate of ca-cert.pem", () => Changed(ca => ca with { CertChain = ca.RootCert + ca.CaCert }), "TLS wants issuers in order, verify does not", Witness.Order),
        new("a certificate from beside the way", "cert-chain.pem, block 3: CN=side has not issued the certificate before it", () => Sideways(), ReadsOver, Witness.Order),
        new("a certificate of somebody else", "cert-chain.pem, block 3: CN=stranger has not issued the certificate before it", () => Changed(ca => ca with { CertChain = ca.CertChain + IssuedCertificate.Root("stranger").Pem }), ReadsOver, Witness.Order),
        new("a link twice", "cert-chain.pem, block 3: CN=root is there twice", () => Changed(ca => ca with { CertChain = ca.CertChain + ca.RootCert }), ReadsOver, Witness.Finds("chain.pem", 3, "certs")),
        new("a root twice", "root-cert.pem, block 2: CN=root is there twice", () => Changed(ca => ca with { RootCert = ca.RootCert + ca.RootCert }), ReadsOver, Witness.Finds("root.pem", 2, "certs")),
        new("an intermediate for a root", "root-cert.pem, block 1: CN=policy is no root: 'CN=root' issued it", () => PolicyForRoot()),
        new("a root for an intermediate", "ca-cert.pem: CN=root is a root", () => TestCa.Of(IssuedCertificate.Root("root")), ByDesign, Witness.SelfIssued),
    ];

    private static IEnumerable<BadCa> Texts() =>
    [
        new("no intermediate", "ca-cert.pem holds no certificate", () => Changed(ca => ca with { CaCert = "" })),
        new("no root", "root-cert.pem holds no certificate", () => Changed(ca => ca with { RootCert = "" })),
        new("no chain", "cert-chain.pem holds no certificate", () => Changed(ca => ca with { CertChain = "# nothing\n" })),
        new("two certificates for one", "ca-cert.pem has to hold exactly one certificate", () => Changed(ca => ca with { CaCert = ca.CaCert + ca.RootCert }), ReadsOver, Witness.Finds("ca.pem", 2, "certs")),
        new("a key beside the intermediate", "ca-cert.pem, block 2 is no certificate but 'PRIVATE KEY'", () => Changed(ca => ca with { CaCert = ca.CaCert + ca.CaKey }), ReadsOver, Witness.Finds("ca.pem", 1, "keys")),
        new("a key beside the root", "root-cert.pem, block 2 is no certificate but 'PRIVATE KEY'", () => Changed(ca => ca with { RootCert = ca.RootCert + ca.CaKey }), ReadsOver, Witness.Finds("root.pem", 1, "keys")),
        new("a key beside the chain", "cert-chain.pem, block 3 is no certificate but 'PRIVATE KEY'", () => Changed(ca => ca with { CertChain = ca.CertChain + ca.CaKey }), ReadsOver, Witness.Finds("chain.pem", 1, "keys")),
        new("a request for a certificate", "cert-chain.pem, block 3 is no certificate but 'CERTIFICATE REQUEST'", () => Changed(ca => ca with { CertChain = ca.CertChain + Request() }), ReadsOver, Witness.Request),
        new("OpenSSL's own kind of certificate", "root-cert.pem, block 1 is no certificate but 'TRUSTED CERTIFICATE'", () => Changed(ca => ca with { RootCert = ca.RootCert.Replace("CERT", "TRUSTED CERT", StringComparison.Ordinal) }), "a kind of OpenSSL's own"),
        new("a block cut off", "root-cert.pem, block 2 is cut off", () => Changed(ca => ca with { RootCert = ca.RootCert + ca.RootCert[..200] })),
        new("a block that is not base64", "root-cert.pem, block 1 is not base64", () => Changed(ca => ca with { RootCert = ca.RootCert.Replace("MII", "M*I", StringComparison.Ordinal).Replace("\nMI", "\n*I", StringComparison.Ordinal) })),
        new("a certificate that is none", "cert-chain.pem, block 3 is a certificate that cannot be read", () => Changed(ca => ca with { CertChain = ca.CertChain + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" }), ReadsOver, Witness.Unreadable("chain.pem")),
        new("bytes behind a certificate", "ca-cert.pem, block 1 is a certificate that cannot be read", () => Changed(ca => ca with { CaCert = Longer(ca.Signing) }), Go, Witness.Trailing),
        new("blocks on one line", "root-cert.pem, block 1 is cut off", () => Changed(ca => ca with { RootCert = ca.RootCert.TrimEnd() + IssuedCertificate.Root("two").Pem })),
        new("text before BEGIN", "root-cert.pem, line 1: BEGIN and END of a block have to stand alone", () => Changed(ca => ca with { RootCert = "see -----BEGIN CERTIFICATE-----\n\n" + ca.RootCert }), ReadsOver),
        new("text behind the last block", "root-cert.pem holds text after its last block", () => Changed(ca => ca with { RootCert = ca.RootCert + "rubbish" }), ReadsOver),
        new("a piece of a block", "cert-chain.pem holds base64 outside its blocks", () => Changed(ca => ca with { CertChain = ca.CertChain + ca.CaCert.Split('\n')[2] + "\n" }), ReadsOver),
    ];

    private const string Server = "1.3.6.1.5.5.7.3.1";
    private const string Client = "1.3.6.1.5.5.7.3.2";

    private static TestCa Changed(Func<TestCa, TestCa> change) => change(TestCa.Two());

    private static TestCa WithKey(Func<string, string> change) => Changed(ca => ca with { CaKey = change(ca.CaKey) });

    private static TestCa WithKeyOf(AsymmetricAlgorithm other, CertificateShape? signing = null) =>
        TestCa.Two(signing) with { CaKey = other.ExportPkcs8PrivateKeyPem(), SignsWith = other };

    private static TestCa WithRoot(IssuedCertificate root) => Changed(ca => ca with { RootCert = ca.RootCert + root.Pem });

    private static TestCa Signed(X509SignatureGenerator generator) => TestCa.Two(Plain with { Generator = generator }, Plain with { Key = TestCa.Rsa });

    private static TestCa OtherKeyOfSameName()
    {
        var plain = Plain with { HasKeyIdentifiers = false };
        var (root, other) = (IssuedCertificate.Root("root", plain), IssuedCertificate.Root("root", plain));
        var signing = root.Issue("intermediate", plain);
        return TestCa.Of(signing, other);
    }

    private static TestCa Without(int link)
    {
        var ca = TestCa.Three();
        var blocks = ca.CertChain.Split("-----END CERTIFICATE-----\n", StringSplitOptions.RemoveEmptyEntries).Select(block => block + "-----END CERTIFICATE-----\n");
        return ca with { CertChain = string.Concat(blocks.Where((_, at) => at != link && !(link == 1 && at == 2))) };
    }

    private static TestCa Sideways()
    {
        var root = IssuedCertificate.Root("root");
        var policy = root.Issue("policy");
        var signing = policy.Issue("intermediate");
        return TestCa.Of(signing, policy, root) with { CertChain = signing.Pem + policy.Pem + root.Issue("side").Pem };
    }

    private static TestCa PolicyForRoot()
    {
        var policy = IssuedCertificate.Root("root").Issue("policy");
        return TestCa.Of(policy.Issue("intermediate"), policy);
    }

    private static string Request() => new CertificateRequest("CN=asks", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256).CreateSigningRequestPem() + "\n";

    private static string Longer(IssuedCertificate certificate) =>
        PemEncoding.WriteString("CERTIFICATE", [.. certificate.Certificate.RawData, 5, 0]) + "\n";

    /// <summary>A name constraint that permits one name, of the form with the given tag.</summary>
    private static X509Extension Permits(byte form, string name)
    {
        var text = Encoding.ASCII.GetBytes(name);
        byte[] subtree = [0x30, (byte)(text.Length + 2), (byte)(0x80 | form), (byte)text.Length, .. text];
        return new X509Extension("2.5.29.30", [0x30, (byte)(subtree.Length + 2), 0xA0, (byte)subtree.Length, .. subtree], true);
    }

    /// <summary>Two extensions of different names come to bear the same.</summary>
    private static void Twice(List<byte[]> parts)
    {
        var extensions = parts[^1];
        var at = extensions.AsSpan().IndexOf(new byte[] { 6, 3, 0x2A, 3, 4 });
        extensions[at + 4] = 5;
    }
}

/// <summary>Signs with one hash and says another algorithm, as .NET's own generators do not.</summary>
internal sealed class OddSignatures(RSA key, string oid, HashAlgorithmName hash) : X509SignatureGenerator
{
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            writer.WriteNull();
        }

        return writer.Encode();
    }

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, hash, RSASignaturePadding.Pkcs1);

    protected override PublicKey BuildPublicKey() => new(key);
}
