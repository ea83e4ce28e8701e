using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Trust;

/// <summary>How a certificate is signed: one of the ways that Go's crypto/x509, and so istiod, knows.</summary>
/// <param name="Oid">The object identifier.</param>
/// <param name="Hash">Null where it is a way that must not or cannot be relied on.</param>
/// <param name="Padding">Of RSA; null for ECDSA.</param>
internal sealed record SignatureAlgorithm(string Oid, HashAlgorithmName? Hash, RSASignaturePadding? Padding)
{
    private const string Pss = "1.2.840.113549.1.1.10";

    /// <summary>The name of a hash that can be forged; null where that is not the trouble.</summary>
    public string? BrokenHash => Oid switch
    {
        "1.2.840.113549.1.1.5" or "1.3.14.3.2.29" or "1.2.840.10045.4.1" => "SHA-1",
        "1.2.840.113549.1.1.4" => "MD5",
        "1.2.840.113549.1.1.2" => "MD2",
        _ => null,
    };

    /// <summary>From an AlgorithmIdentifier. Throws <see cref="AsnContentException"/> where it is none.</summary>
    public static SignatureAlgorithm Read(ReadOnlyMemory<byte> encoded)
    {
        var parts = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        var oid = parts.ReadObjectIdentifier();
        return oid switch
        {
            "1.2.840.113549.1.1.11" => new(oid, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "1.2.840.113549.1.1.12" => new(oid, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            "1.2.840.113549.1.1.13" => new(oid, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            "1.2.840.10045.4.3.2" => new(oid, HashAlgorithmName.SHA256, null),
            "1.2.840.10045.4.3.3" => new(oid, HashAlgorithmName.SHA384, null),
            "1.2.840.10045.4.3.4" => new(oid, HashAlgorithmName.SHA512, null),
            Pss => new(oid, PssHash(parts), RSASignaturePadding.Pss),
            _ => new(oid, null, null),
        };
    }

    public bool Verifies(X509Certificate2 issuer, ReadOnlySpan<byte> signedPart, byte[] signature)
    {
        if (Hash is not { } hash)
            return false;
        try
        {
            if (Padding is { } padding)
            {
                using var rsa = issuer.GetRSAPublicKey();
                return rsa is not null && rsa.VerifyData(signedPart, signature, hash, padding);
            }

            using var ecdsa = issuer.GetECDsaPublicKey();
            return ecdsa is not null && ecdsa.VerifyData(signedPart, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // A key that cannot be used verifies nothing; what is wrong with it is said where keys are checked.
            return false;
        }
    }

    /// <summary>The hash of RSASSA-PSS as Go takes it: the same for the mask, and as many bytes of salt. Null for any other.</summary>
    private static HashAlgorithmName? PssHash(AsnReader parts)
    {
        if (!parts.HasData)
            return null;
        var parameters = parts.ReadSequence();
        string? hash = null, mask = null;
        var salt = 20;
        while (parameters.HasData)
        {
            var tag = parameters.PeekTag();
            var value = parameters.ReadSequence(tag);
            if (tag.TagValue == 0)
                hash = value.ReadSequence().ReadObjectIdentifier();
            else if (tag.TagValue == 1)
                mask = MaskHash(value.ReadSequence());
            else if (tag.TagValue == 2 && !value.TryReadInt32(out salt))
                return null;
        }

        return (hash == mask, hash, salt) switch
        {
            (true, "2.16.840.1.101.3.4.2.1", 32) => HashAlgorithmName.SHA256,
            (true, "2.16.840.1.101.3.4.2.2", 48) => HashAlgorithmName.SHA384,
            (true, "2.16.840.1.101.3.4.2.3", 64) => HashAlgorithmName.SHA512,
            _ => null,
        };
    }

    private static string MaskHash(AsnReader mask)
    {
        mask.ReadObjectIdentifier();
        return mask.ReadSequence().ReadObjectIdentifier();
    }
}
