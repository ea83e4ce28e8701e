using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Trust;

/// <summary>How the certificates of a CA hang together: from the intermediate, link by link, to a root.</summary>
internal static class ChainRules
{
    /// <summary>The way from the intermediate to a root, both included; what breaks it goes to the faults and null comes back.</summary>
    public static IReadOnlyList<CaCertificate>? PathToRoot(
        CaCertificate signing, IReadOnlyList<CaCertificate> chain, IReadOnlyList<CaCertificate> roots, ImmutableArray<string>.Builder faults)
    {
        List<CaCertificate> path = [signing];
        while (true)
        {
            var below = path[^1];
            // A weak or unknown signature is said where each certificate is checked, and no more can be told from it.
            if (below.Algorithm.Hash is null)
                return null;
            if (roots.FirstOrDefault(root => Issued(root, below)) is { } anchor)
                return [.. path, anchor];
            if (chain.FirstOrDefault(link => Issued(link, below) && !path.Exists(link.IsSameAs)) is not { } next)
            {
                faults.Add(WhyNot(below, [.. chain, .. roots]));
                return null;
            }

            path.Add(next);
        }
    }

    /// <summary>Each issuer limits how many CA certificates may follow below it.</summary>
    public static void CheckPathLengths(IReadOnlyList<CaCertificate> path, ImmutableArray<string>.Builder faults)
    {
        for (var below = 1; below < path.Count; below++)
        {
            var limit = path[below].Certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();
            if (limit is { HasPathLengthConstraint: true } && limit.PathLengthConstraint < below)
                faults.Add($"{path[below].At} allows {limit.PathLengthConstraint} CA certificates below it (path length), and there are {below}");
        }
    }

    /// <summary>Certificates issued now have to be good for all their life, and they are only as good as what they hang on.</summary>
    public static void CheckOutlives(IReadOnlyList<CaCertificate> path, DateTimeOffset now, TimeSpan workloadLifetime, ImmutableArray<string>.Builder faults)
    {
        foreach (var certificate in path.Where(certificate => certificate.Until >= now && certificate.Until < now + workloadLifetime))
        {
            faults.Add($"{certificate.At} expires at {CertificateRules.Text(certificate.Until)}, "
                + $"sooner than the workload certificates that istiod would sign now ({workloadLifetime.TotalHours:0.##} h)");
        }
    }

    /// <summary>istiod hands cert-chain.pem out behind each workload's certificate as it stands, and TLS wants issuers in order.</summary>
    public static void CheckOrder(CaCertificate signing, IReadOnlyList<CaCertificate> chain, ImmutableArray<string>.Builder faults)
    {
        if (chain.Count == 0)
            return;
        if (!chain[0].IsSameAs(signing))
        {
            faults.Add($"{chain[0].At} has to be the certificate of ca-cert.pem: the chain begins with it and goes up from there");
            return;
        }

        for (var at = 1; at < chain.Count; at++)
        {
            var (link, below) = (chain[at], chain[at - 1]);
            if (chain.Take(at).Any(link.IsSameAs))
                faults.Add($"{link.At} is there twice");
            else if (!below.Names(link))
                faults.Add($"{link.At} has not issued the certificate before it: cert-chain.pem goes up from ca-cert.pem, one issuer after the other");
        }
    }

    public static void CheckRoots(IReadOnlyList<CaCertificate> roots, ImmutableArray<string>.Builder faults)
    {
        for (var at = 0; at < roots.Count; at++)
        {
            var root = roots[at];
            if (roots.Take(at).Any(root.IsSameAs))
                faults.Add($"{root.At} is there twice");
            else if (!root.IsSelfIssued)
                faults.Add($"{root.At} is no root: '{root.Issuer}' issued it. Put the root there, and this one into cert-chain.pem");
            else if (root.Algorithm.Hash is not null && !root.IsSignedBy(root))
                faults.Add($"{root.At} is no root: its signature is not its own");
        }
    }

    private static bool Issued(CaCertificate issuer, CaCertificate below) => below.Names(issuer) && below.IsSignedBy(issuer);

    private static string WhyNot(CaCertificate below, IReadOnlyList<CaCertificate> others)
    {
        string reason;
        if (below.IsSelfIssued && below.IsSignedBy(below))
            reason = $"it ends at '{below.Subject}', which is not in root-cert.pem";
        else if (others.Any(other => below.Names(other) && !other.IsSameAs(below)))
            reason = $"the signature of '{below.Subject}' does not fit '{below.Issuer}'";
        else
            reason = $"the issuer of '{below.Subject}', '{below.Issuer}', is missing, or has another key identifier";
        return $"ca-cert.pem does not lead to root-cert.pem through cert-chain.pem: {reason}";
    }
}
