using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Tests.Trust;

/// <summary>How a test's certificate is to look; as it stands, a sound CA certificate on P-256.</summary>
internal sealed record CertificateShape
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public AsymmetricAlgorithm? Key { get; init; }
    public bool? IsCa { get; init; } = true;
    public int? PathLength { get; init; }
    public X509KeyUsageFlags? Usage { get; init; } = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;
    public string[] Uses { get; init; } = [];
    public DateTimeOffset From { get; init; } = Now.AddDays(-1);
    public DateTimeOffset Until { get; init; } = Now.AddYears(2);
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;
    public X509SignatureGenerator? Generator { get; init; }
    public bool HasKeyIdentifiers { get; init; } = true;
    public X509Extension[] More { get; init; } = [];

    /// <summary>Changes the parts of the body before it is signed; index 1 is the serial number, the last one the extensions.</summary>
    public Action<List<byte[]>>? Rewrite { get; init; }

    public bool SpoilSignature { get; init; }
}

/// <summary>A certificate with its key.</summary>
internal sealed class IssuedCertificate
{
    private readonly CertificateShape _shape;

    private IssuedCertificate(X509Certificate2 certificate, AsymmetricAlgorithm key, CertificateShape shape) => (Certificate, Key, _shape) = (certificate, key, shape);

    public X509Certificate2 Certificate { get; }

    public AsymmetricAlgorithm Key { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    public string KeyPem => Key.ExportPkcs8PrivateKeyPem() + "\n";

    public static IssuedCertificate Root(string name, CertificateShape? shape = null) => Make(name, null, shape ?? new());

    public IssuedCertificate Issue(string name, CertificateShape? shape = null) => Make(name, this, shape ?? new());

    /// <summary>The same name and key, signed by another.</summary>
    public IssuedCertificate CrossSignedBy(IssuedCertificate issuer) =>
        Make(Certificate.Subject[3..], issuer, _shape with { Key = Key });

    /// <summary>A workload's certificate as istiod makes it.</summary>
    public string Workload(AsymmetricAlgorithm signWith, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://cluster.local/ns/shop/sa/web"));
        var request = new CertificateRequest(new X500DistinguishedName(""), new PublicKey(key), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(names.Build(critical: true));
        using var certificate = request.Create(
            Certificate.SubjectName, Signer(signWith), CertificateShape.Now.AddMinutes(-2), CertificateShape.Now + lifetime, RandomNumberGenerator.GetBytes(8));
        return certificate.ExportCertificatePem() + "\n";
    }

    private static IssuedCertificate Make(string name, IssuedCertificate? issuer, CertificateShape shape)
    {
        var key = shape.Key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName(name.Length == 0 ? "" : $"CN={name}");
        var request = new CertificateRequest(subject, key is RSA rsa ? new PublicKey(rsa) : new PublicKey((ECDsa)key), shape.Hash);
        if (shape.IsCa is { } isCa)
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isCa, shape.PathLength is not null, shape.PathLength ?? 0, true));
        if (shape.Usage is { } usage)
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        if (shape.Uses.Length > 0)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. shape.Uses.Select(use => new Oid(use))], false));
        if (shape.HasKeyIdentifiers && !shape.More.Any(extension => extension.Oid?.Value == "2.5.29.14"))
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (shape.HasKeyIdentifiers && issuer?.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } identifier)
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
        foreach (var extension in shape.More)
            request.CertificateExtensions.Add(extension);
        var signer = shape.Generator ?? Signer(issuer?.Key ?? key);
        using var made = request.Create(issuer?.Certificate.SubjectName ?? subject, signer, shape.From, shape.Until, [1, .. RandomNumberGenerator.GetBytes(8)]);
        return new IssuedCertificate(X509CertificateLoader.LoadCertificate(Rework(made.RawData, shape, signer)), key, shape);
    }

    private static X509SignatureGenerator Signer(AsymmetricAlgorithm key) =>
        key is RSA rsa ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa((ECDsa)key);

    private static byte[] Rework(byte[] der, CertificateShape shape, X509SignatureGenerator signer)
    {
        if (shape.SpoilSignature)
            der[^5] ^= 1;
        if (shape.Rewrite is not { } rewrite)
            return der;
        var outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var body = outer.ReadSequence();
        var parts = new List<byte[]>();
        while (body.HasData)
            parts.Add(body.ReadEncodedValue().ToArray());
        rewrite(parts);
        var signed = Sequence([.. parts]);
        var signature = new AsnWriter(AsnEncodingRules.DER);
        signature.WriteBitString(signer.SignData(signed, shape.Hash));
        return Sequence(signed, outer.ReadEncodedValue().ToArray(), signature.Encode());
    }

    private static byte[] Sequence(params byte[][] parts)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var part in parts)
                writer.WriteEncodedValue(part);
        }

        return writer.Encode();
    }
}
