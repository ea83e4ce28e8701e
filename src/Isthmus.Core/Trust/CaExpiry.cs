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
        List<CaCertificate> all = [.. Files(material).SelectMany(file => file.Certificates)];
        var ending = all.Where((certificate, at) => certificate.Until < now + Ahead && !all.Take(at).Any(certificate.IsSameAs))
            .OrderBy(certificate => certificate.Until)
            .Select(certificate => Notice(certificate, now))
            .ToImmutableArray();
        all.ForEach(certificate => certificate.Dispose());
        return ending;
    }

    /// <summary>When the first certificate of each file ends, sooner or later; files without any that can be read are left out.</summary>
    public static ImmutableArray<(string File, DateTimeOffset Until)> Ends(CaMaterial material)
    {
        var files = Files(material).ToList();
        var ends = files.Where(file => file.Certificates.Count > 0).Select(file => (file.Name, file.Certificates.Min(certificate => certificate.Until))).ToImmutableArray();
        files.ForEach(file => file.Certificates.ToList().ForEach(certificate => certificate.Dispose()));
        return ends;
    }

    private static IEnumerable<(string Name, IReadOnlyList<CaCertificate> Certificates)> Files(CaMaterial material)
    {
        var unread = ImmutableArray.CreateBuilder<string>();
        yield return (CaFiles.CaCert, PemCertificates.ReadPlaced(material.CaCert, CaFiles.CaCert, unread));
        yield return (CaFiles.RootCert, PemCertificates.ReadPlaced(material.RootCert, CaFiles.RootCert, unread));
        yield return (CaFiles.CertChain, PemCertificates.ReadPlaced(material.CertChain, CaFiles.CertChain, unread));
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
