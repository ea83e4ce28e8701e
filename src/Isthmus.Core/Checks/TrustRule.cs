using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Trust;

namespace Isthmus.Core.Checks;

/// <summary>Clusters with their own control planes have one root and CAs that last.</summary>
internal static class TrustRule
{
    private const string Subject = "trust";
    private const string CaFile = "ca-cert.pem";
    private const string RootFile = "root-cert.pem";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot)
    {
        var roots = snapshot.ControlPlanes.Select(pair => (pair.Cluster.Name, Root: RootBundle.FromSecret(pair.Seen.CaSecret, RootFile)))
            .Where(pair => pair.Root is not null).ToDictionary(pair => pair.Name, pair => RootBundle.Fingerprints(pair.Root ?? ""));
        foreach (var (cluster, seen) in snapshot.ControlPlanes)
        {
            var findings = Of(snapshot, cluster, seen, roots).ToList();
            foreach (var finding in findings)
                yield return finding;
            if (findings.Count == 0 && seen.CaSecret is not null)
                yield return CheckFinding.Ok(cluster.Name, Subject, Ownership.IsOurs(seen.CaSecret, snapshot.Mesh.Name) ? "cacerts is ours" : "cacerts is kept by others");
        }
    }

    private static IEnumerable<CheckFinding> Of(CheckSnapshot snapshot, MeshCluster cluster, ClusterCheckSnapshot seen, Dictionary<ClusterName, ImmutableArray<string>> roots)
    {
        if (seen.CaSecret is not { } secret)
        {
            if (snapshot.Mesh.Clusters.Count(other => other is { HasOwnControlPlane: true, Leaving: false }) > 1)
            {
                yield return CheckFinding.Error(
                    cluster.Name, Subject, "there is no Secret istio-system/cacerts, so this istiod signs under a root of its own that no other cluster trusts",
                    snapshot.Mesh.Trust is null ? "give trust in the mesh document, or plug in a CA under the common root" : "run isthmus apply, and restart istiod");
            }

            yield break;
        }

        if (snapshot.Mesh.Trust is { Adopt: false } && !Ownership.IsOurs(secret, snapshot.Mesh.Name))
            yield return CheckFinding.Warning(cluster.Name, Subject, "cacerts is there and belongs to somebody else: it is left alone", "set trust.adopt: true to have Isthmus take it over");
        foreach (var (other, theirs) in roots.Where(pair => pair.Key != cluster.Name && roots.TryGetValue(cluster.Name, out var own) && !own.Intersect(pair.Value).Any()).OrderBy(pair => pair.Key).Take(1))
            yield return CheckFinding.Error(cluster.Name, Subject, $"its roots (SHA-256 {Short(roots[cluster.Name])}) are none of those of {other} ({Short(theirs)})", "bring both under one root: see docs/trust.md");
        foreach (var finding in Ends(snapshot.Now, cluster, secret))
            yield return finding;
        var hasSeveral = roots.GetValueOrDefault(cluster.Name) is { IsDefault: false, Length: > 1 };
        foreach (var istiod in seen.Istiods.Select(istiod => new TrustIstiod(istiod.Name, istiod.Version, IsMultiRoot: false)).Where(istiod => hasSeveral && istiod.GivesOneRoot))
            yield return CheckFinding.Error(cluster.Name, Subject, $"cacerts holds several roots, but {istiod.OneRoot}", "upgrade it before certificates are renewed: workloads that have one root alone refuse the others");
        if (hasSeveral && seen.Istiods.Any(istiod => !TrustIstiod.ReadsAsTrue(istiod.Environment.GetValueOrDefault("ISTIO_MULTIROOT_MESH"))))
            yield return CheckFinding.Warning(cluster.Name, Subject, "cacerts holds several roots, but istiod runs without ISTIO_MULTIROOT_MESH", "set it to true in istiod's env, or workloads may be given one root only");
    }

    /// <summary>The certificates of a Secret that have ended or end soon.</summary>
    internal static IEnumerable<CheckFinding> Ends(DateTimeOffset now, MeshCluster cluster, JsonObject secret)
    {
        foreach (var file in new[] { CaFile, RootFile })
        {
            var faults = ImmutableArray.CreateBuilder<string>();
            foreach (var certificate in PemCertificates.ReadPlaced(RootBundle.FromSecret(secret, file) ?? "", file, faults))
            {
                using (certificate)
                {
                    var days = (int)Math.Floor((certificate.Until - now).TotalDays);
                    if (certificate.Until <= now)
                        yield return CheckFinding.Error(cluster.Name, Subject, $"{certificate.At} has ended", "renew it in the vault: no new workload gets a certificate");
                    else if (certificate.Until < now + CaExpiry.Ahead)
                        yield return CheckFinding.Warning(cluster.Name, Subject, $"{certificate.At} ends in {days} days", "renew it in the vault");
                }
            }

            if (faults.Count > 0)
                yield return CheckFinding.Error(cluster.Name, Subject, $"cacerts: {faults[0]}", "store valid PEM: istiod does not start with this");
        }
    }

    private static string Short(ImmutableArray<string> fingerprints) => string.Join(", ", fingerprints.Select(text => text[..Math.Min(12, text.Length)]));
}
