using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Trust;

/// <summary>Checks an intermediate CA before it is given to any istiod: one that cannot sign would take every new pod down.</summary>
public static class CaMaterialValidator
{
    /// <summary>Every fault at a given time, none hiding another; empty where the material is sound. No text holds key material.</summary>
    public static ImmutableArray<string> Validate(CaMaterial material, DateTimeOffset now)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        var signing = PemCertificates.Read(material.CaCert, "ca-cert.pem", faults);
        var roots = PemCertificates.Read(material.RootCert, "root-cert.pem", faults);
        var chain = PemCertificates.Read(material.CertChain, "cert-chain.pem", faults);
        if (signing.Count > 1)
            faults.Add("ca-cert.pem has to hold exactly one certificate: the rest of the chain belongs into cert-chain.pem");
        foreach (var root in roots)
            CheckDates(root, "root-cert.pem", now, faults);
        foreach (var link in chain)
            CheckDates(link, "cert-chain.pem", now, faults);
        if (signing is [var certificate, ..])
        {
            CheckAuthority(certificate, faults);
            CheckDates(certificate, "ca-cert.pem", now, faults);
            CheckKey(certificate, material.CaKey, faults);
            if (roots.Count > 0)
                CheckChain(certificate, chain, roots, now, faults);
        }

        return faults.ToImmutable();
    }

    private static void CheckAuthority(X509Certificate2 certificate, ImmutableArray<string>.Builder faults)
    {
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
            faults.Add("ca-cert.pem is not a CA certificate (basic constraints)");
        // istiod issues workload certificates directly, so a path length of 0 is enough and nothing less exists; absent usage allows all.
        if (certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign))
            faults.Add("ca-cert.pem may not sign certificates (key usage lacks certSign)");
    }

    private static void CheckDates(X509Certificate2 certificate, string file, DateTimeOffset now, ImmutableArray<string>.Builder faults)
    {
        if (now < certificate.NotBefore.ToUniversalTime())
            faults.Add($"{file}: {certificate.Subject} is not valid before {Text(certificate.NotBefore)}");
        if (now > certificate.NotAfter.ToUniversalTime())
            faults.Add($"{file}: {certificate.Subject} expired at {Text(certificate.NotAfter)}");
    }

    private static void CheckKey(X509Certificate2 certificate, string pem, ImmutableArray<string>.Builder faults)
    {
        try
        {
            if (!Matches(certificate, pem))
                faults.Add("ca-key.pem is not the key of ca-cert.pem");
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or FormatException)
        {
            // The exception's own text stays out: it may quote what it could not read.
            faults.Add("ca-key.pem is not a readable, unencrypted private key");
        }
    }

    private static bool Matches(X509Certificate2 certificate, string pem)
    {
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(rsa.ExportSubjectPublicKeyInfo());
        }

        using var ecdsa = certificate.GetECDsaPublicKey() ?? throw new CryptographicException();
        using var ecKey = ECDsa.Create();
        ecKey.ImportFromPem(pem);
        return ecKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(ecdsa.ExportSubjectPublicKeyInfo());
    }

    private static void CheckChain(
        X509Certificate2 certificate,
        IEnumerable<X509Certificate2> between,
        IEnumerable<X509Certificate2> roots,
        DateTimeOffset now,
        ImmutableArray<string>.Builder faults)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        // Dates are reported one by one above; here only signatures and constraints count.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid | X509VerificationFlags.IgnoreCtlNotTimeValid;
        foreach (var root in roots)
            chain.ChainPolicy.CustomTrustStore.Add(root);
        foreach (var link in between)
            chain.ChainPolicy.ExtraStore.Add(link);
        if (!chain.Build(certificate))
        {
            var reasons = chain.ChainStatus.Select(status => status.Status).Where(status => status != X509ChainStatusFlags.NotTimeValid).Distinct();
            faults.Add($"ca-cert.pem does not lead to root-cert.pem through cert-chain.pem ({string.Join(", ", reasons)})");
        }
    }

    private static string Text(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
