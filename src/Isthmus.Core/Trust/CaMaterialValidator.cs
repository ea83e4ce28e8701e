using System.Collections.Immutable;

namespace Isthmus.Core.Trust;

/// <summary>
/// Checks an intermediate CA before it is given to any istiod: one that cannot sign would take every new pod down. What passes,
/// istiod loads, and proxies accept what it signs; some checks are stricter than theirs (docs/decisions/0010-ca-validation.md).
/// </summary>
public static class CaMaterialValidator
{
    /// <summary>How long workload certificates live unless istiod is told otherwise (DEFAULT_WORKLOAD_CERT_TTL).</summary>
    public static readonly TimeSpan DefaultWorkloadLifetime = TimeSpan.FromHours(24);

    public static ImmutableArray<string> Validate(CaMaterial material, DateTimeOffset now) => Validate(material, now, DefaultWorkloadLifetime);

    /// <summary>Every fault at a given time, none hiding another; empty where the material is sound. No text holds key material.</summary>
    /// <param name="material">The CA.</param>
    /// <param name="now">The time to check at.</param>
    /// <param name="workloadLifetime">The longest life of a workload certificate; the CA has to outlive those it signs now.</param>
    public static ImmutableArray<string> Validate(CaMaterial material, DateTimeOffset now, TimeSpan workloadLifetime)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        var signing = PemCertificates.ReadPlaced(material.CaCert, CaFiles.CaCert, faults);
        var roots = PemCertificates.ReadPlaced(material.RootCert, CaFiles.RootCert, faults);
        var chain = PemCertificates.ReadPlaced(material.CertChain, CaFiles.CertChain, faults);
        List<CaCertificate> all = [.. signing, .. roots, .. chain];
        try
        {
            if (signing.Count > 1)
                faults.Add("ca-cert.pem has to hold exactly one certificate: the rest of the chain belongs into cert-chain.pem");
            // The intermediate and often the root stand in the chain as well: what is wrong with one is said once.
            for (var at = 0; at < all.Count; at++)
            {
                if (!all.Take(at).Any(all[at].IsSameAs))
                    CertificateRules.Check(all[at], now, faults);
            }

            ChainRules.CheckRoots(roots, faults);
            if (signing is [var certificate, ..])
                CheckTogether(certificate, material.CaKey, chain, roots, now, workloadLifetime, faults);
        }
        finally
        {
            all.ForEach(certificate => certificate.Dispose());
        }

        return faults.ToImmutable();
    }

    /// <summary>
    /// Why the parts do not belong to one CA, empty where they do: what a set of secrets shows of which only some were changed.
    /// Whether the CA is any good is another question.
    /// </summary>
    public static ImmutableArray<string> FaultsOfSet(CaMaterial material)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        var signing = PemCertificates.ReadPlaced(material.CaCert, CaFiles.CaCert, faults);
        var roots = PemCertificates.ReadPlaced(material.RootCert, CaFiles.RootCert, faults);
        var chain = PemCertificates.ReadPlaced(material.CertChain, CaFiles.CertChain, faults);
        if (faults.Count == 0)
        {
            KeyRules.CheckKey(signing[0], material.CaKey, faults);
            ChainRules.CheckOrder(signing[0], chain, faults);
            ChainRules.PathToRoot(signing[0], chain, roots, faults);
        }

        foreach (var certificate in signing.Concat(roots).Concat(chain))
            certificate.Dispose();
        return faults.ToImmutable();
    }

    private static void CheckTogether(
        CaCertificate signing,
        string key,
        IReadOnlyList<CaCertificate> chain,
        IReadOnlyList<CaCertificate> roots,
        DateTimeOffset now,
        TimeSpan workloadLifetime,
        ImmutableArray<string>.Builder faults)
    {
        KeyRules.CheckKey(signing, key, faults);
        var isRoot = signing.IsSelfIssued && signing.IsSignedBy(signing);
        if (isRoot)
            faults.Add($"{signing.At} is a root: give the clusters an intermediate that the root signed, so that the root's key stays out of them");
        ChainRules.CheckOrder(signing, chain, faults);
        if (roots.Count == 0 || isRoot || ChainRules.PathToRoot(signing, chain, roots, faults) is not { } path)
            return;
        ChainRules.CheckPathLengths(path, faults);
        ChainRules.CheckOutlives(path, now, workloadLifetime, faults);
    }
}
