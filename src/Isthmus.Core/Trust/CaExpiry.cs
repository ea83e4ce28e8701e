using System.Collections.Immutable;

namespace Isthmus.Core.Trust;

/// <summary>Which certificates of the CA end soon, by what they say themselves: no event has to have told.</summary>
public static class CaExpiry
{
    /// <summary>How long before, as Key Vault's own NearExpiry.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    /// <summary>A notice for each certificate that ends within <see cref="Ahead"/>, the first to end first.</summary>
    public static ImmutableArray<TrustNotice> Find(CaMaterial material, DateTimeOffset now)
    {
        var unread = ImmutableArray.CreateBuilder<string>();
        List<CaCertificate> all =
        [
            .. PemCertificates.ReadPlaced(material.CaCert, CaFiles.CaCert, unread),
            .. PemCertificates.ReadPlaced(material.RootCert, CaFiles.RootCert, unread),
            .. PemCertificates.ReadPlaced(material.CertChain, CaFiles.CertChain, unread),
        ];
        var ending = all.Where((certificate, at) => certificate.Until < now + Ahead && !all.Take(at).Any(certificate.IsSameAs))
            .OrderBy(certificate => certificate.Until)
            .Select(certificate => Notice(certificate, now))
            .ToImmutableArray();
        all.ForEach(certificate => certificate.Dispose());
        return ending;
    }

    private static TrustNotice Notice(CaCertificate certificate, DateTimeOffset now)
    {
        var advice = certificate.IsSelfIssued
            ? "bring in a new root early: every workload has to trust it before the old one ends"
            : "store a renewed one in the vault";
        return new TrustNotice(
            TrustNotice.NearExpiry,
            $"{certificate.At} ends at {CertificateRules.Text(certificate.Until)}: {advice}",
            (int)Math.Max(0, (certificate.Until - now).TotalDays));
    }
}
