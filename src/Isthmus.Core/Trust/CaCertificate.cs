using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Trust;

/// <summary>A certificate of the CA's files, with its place and the parts that its issuer signed.</summary>
internal sealed class CaCertificate : IDisposable
{
    private const int MostOfSubject = 120;

    private readonly string _file;
    private readonly int _block;

    private CaCertificate(X509Certificate2 certificate, string file, int block, ReadOnlyMemory<byte> signedPart, SignatureAlgorithm algorithm, byte[] signature) =>
        (Certificate, _file, _block, SignedPart, Algorithm, Signature) = (certificate, file, block, signedPart, algorithm, signature);

    public X509Certificate2 Certificate { get; }

    public ReadOnlyMemory<byte> SignedPart { get; }

    public SignatureAlgorithm Algorithm { get; }

    public byte[] Signature { get; }

    /// <summary>Where it stands and whom it names, to begin a message with.</summary>
    public string At => _file == CaFiles.CaCert ? $"{_file}: {Subject}" : $"{_file}, block {_block}: {Subject}";

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    public string Subject => Shown(Certificate.SubjectName);

    public string Issuer => Shown(Certificate.IssuerName);

    public bool IsSelfIssued => Certificate.SubjectName.RawData.AsSpan().SequenceEqual(Certificate.IssuerName.RawData);

    public DateTimeOffset From => new(Certificate.NotBefore.ToUniversalTime());

    public DateTimeOffset Until => new(Certificate.NotAfter.ToUniversalTime());

    /// <summary>Null where the bytes are no certificate in DER, or more than one.</summary>
    public static CaCertificate? Load(byte[] der, string file, int block)
    {
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var parts = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var signedPart = parts.ReadEncodedValue();
            var algorithm = parts.ReadEncodedValue();
            var signature = parts.ReadBitString(out _);
            parts.ThrowIfNotEmpty();
            return InnerAlgorithm(signedPart).Span.SequenceEqual(algorithm.Span)
                ? new CaCertificate(X509CertificateLoader.LoadCertificate(der), file, block, signedPart, SignatureAlgorithm.Read(algorithm), signature)
                : null;
        }
        catch (Exception fault) when (fault is CryptographicException or AsnContentException)
        {
            return null;
        }
    }

    public bool IsSameAs(CaCertificate other) => Certificate.RawDataMemory.Span.SequenceEqual(other.Certificate.RawDataMemory.Span);

    /// <summary>Whether the other one goes by the name, and the key identifier if it is given, that this one names as its issuer.</summary>
    public bool Names(CaCertificate issuer)
    {
        if (!Certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.Certificate.SubjectName.RawData))
            return false;
        var wanted = Certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault();
        var key = issuer.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault();
        return (wanted?.KeyIdentifier is not { } id || key is null || id.Span.SequenceEqual(key.SubjectKeyIdentifierBytes.Span))
            && (wanted?.SerialNumber is not { } serial || serial.Span.SequenceEqual(issuer.Certificate.SerialNumberBytes.Span));
    }

    public bool IsSignedBy(CaCertificate issuer) => Algorithm.Verifies(issuer.Certificate, SignedPart.Span, Signature);

    public void Dispose() => Certificate.Dispose();

    private static ReadOnlyMemory<byte> InnerAlgorithm(ReadOnlyMemory<byte> signedPart)
    {
        var parts = new AsnReader(signedPart, AsnEncodingRules.DER).ReadSequence();
        var version = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (parts.PeekTag() == version)
            parts.ReadEncodedValue();
        parts.ReadIntegerBytes();
        return parts.ReadEncodedValue();
    }

    /// <summary>A name in a message: somebody else chose it, so it may be of any length and hold line breaks.</summary>
    private static string Shown(X500DistinguishedName name)
    {
        var text = name.Name.Length == 0 ? "(no name)" : string.Concat(name.Name.Select(letter => char.IsControl(letter) ? '?' : letter));
        return text.Length <= MostOfSubject ? text : text[..MostOfSubject] + "…";
    }
}
