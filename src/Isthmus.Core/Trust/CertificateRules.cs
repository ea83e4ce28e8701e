using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Trust;

/// <summary>What each CA certificate has to be by itself, for istiod to load it and for proxies to accept what it signs.</summary>
internal static class CertificateRules
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string NameConstraints = "2.5.29.30";

    // The critical extensions that Go handles without refusing the certificate: key usage, alternative name, basic and name constraints, policies, extended key usage.
    private static readonly string[] KnownCritical = ["2.5.29.15", "2.5.29.17", "2.5.29.19", NameConstraints, "2.5.29.32", "2.5.29.37"];

    public static void Check(CaCertificate placed, DateTimeOffset now, ImmutableArray<string>.Builder faults)
    {
        var (certificate, at) = (placed.Certificate, placed.At);
        if (now < placed.From)
            faults.Add($"{at} is not valid before {Text(placed.From)}");
        if (now > placed.Until)
            faults.Add($"{at} expired at {Text(placed.Until)}");
        CheckAuthority(certificate, at, faults);
        CheckUse(certificate, at, faults);
        CheckExtensions(certificate, at, faults);
        if (KeyRules.Weakness(certificate) is { } weakness)
            faults.Add($"{at} has {weakness}");
        if (placed.Algorithm.BrokenHash is { } broken)
            faults.Add($"{at} is signed with {broken}, which can be forged: have it issued again with SHA-256 or better");
        else if (placed.Algorithm.Hash is null)
            faults.Add($"{at} is signed in a way that istiod does not know ({placed.Algorithm.Oid})");
        if (certificate.SubjectName.RawData.Length <= 2)
            faults.Add($"{at} has no subject, so nothing can name it as its issuer");
        if ((certificate.SerialNumberBytes.Span[0] & 0x80) != 0)
            faults.Add($"{at} has a negative serial number, which istiod refuses");
    }

    public static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void CheckAuthority(X509Certificate2 certificate, string at, ImmutableArray<string>.Builder faults)
    {
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
            faults.Add($"{at} is not a CA certificate (basic constraints)");
        // Absent usage allows all.
        if (certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign))
            faults.Add($"{at} may not sign certificates (key usage lacks certSign)");
    }

    /// <summary>Proxies are both ends of a connection, and TLS libraries hold a CA's extended key usage against all below it.</summary>
    private static void CheckUse(X509Certificate2 certificate, string at, ImmutableArray<string>.Builder faults)
    {
        if (certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { } use)
            return;
        var uses = use.EnhancedKeyUsages.OfType<Oid>().Select(oid => oid.Value).ToHashSet();
        if (!uses.Contains(ServerAuth) || !uses.Contains(ClientAuth))
            faults.Add($"{at} restricts what it may sign for (extended key usage without serverAuth and clientAuth): proxies would refuse each other");
    }

    private static void CheckExtensions(X509Certificate2 certificate, string at, ImmutableArray<string>.Builder faults)
    {
        foreach (var twice in certificate.Extensions.GroupBy(extension => extension.Oid?.Value).Where(group => group.Count() > 1))
            faults.Add($"{at} has the extension {twice.Key} twice, which istiod refuses");
        foreach (var extension in certificate.Extensions.Where(extension => extension.Critical && !KnownCritical.Contains(extension.Oid?.Value)))
            faults.Add($"{at} has a critical extension that istiod refuses ({extension.Oid?.Value})");
        foreach (var constraints in certificate.Extensions.Where(extension => extension.Oid?.Value == NameConstraints))
        {
            if (ConstrainsIdentities(constraints.RawData))
                faults.Add($"{at} constrains names other than DNS names, addresses and mail: the SPIFFE identities of workloads would be refused");
        }
    }

    /// <summary>Whether other forms occur than mail [1], DNS [2] and address [7]: URIs are identities, and Go refuses the rest.</summary>
    private static bool ConstrainsIdentities(byte[] extension)
    {
        try
        {
            var constraints = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (constraints.HasData)
            {
                var subtrees = constraints.ReadSequence(constraints.PeekTag());
                while (subtrees.HasData)
                {
                    if (subtrees.ReadSequence().PeekTag().TagValue is not (1 or 2 or 7))
                        return true;
                }
            }

            return false;
        }
        catch (AsnContentException)
        {
            return true;
        }
    }
}
