using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>
/// Workloads let nobody in whose certificate is of another trust domain, unless their istiod knows it as an alias; and what we have clients
/// check is the trust domain that we hold an exporter's pods to be of.
/// </summary>
internal static class TrustDomainRule
{
    private const string Subject = "trust domain";

    // istiod's switch for letting in certificates of every trust domain under the root.
    private const string SkipsCheck = "PILOT_SKIP_VALIDATE_TRUST_DOMAIN";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot)
    {
        var planes = snapshot.ControlPlanes.Where(pair => pair.Seen.Istiods.Length > 0).ToList();
        foreach (var (cluster, seen) in planes)
        {
            foreach (var istiod in seen.Istiods.OrderBy(istiod => istiod.Name, StringComparer.Ordinal))
            {
                var own = TrustDomain.FromMeshConfig(istiod.MeshConfig);
                if (snapshot.Mesh.Trust?.TrustDomain is { } stated && istiod.MeshConfig is not null && stated != own.Name)
                {
                    yield return CheckFinding.Error(
                        cluster.Name, Subject, $"{istiod.Name} gives identities of trust domain {own.Name}, but the mesh document says {stated}: clients of global names refuse this cluster's pods",
                        "set trustDomain in its mesh config, or take trust.trustDomain out of the document");
                }

                if (istiod.Environment.GetValueOrDefault(SkipsCheck) is "true" or "1")
                    continue;
                foreach (var finding in Strangers(cluster.Name, istiod, own, planes))
                    yield return finding;
            }
        }
    }

    private static IEnumerable<CheckFinding> Strangers(
        ClusterName cluster, SeenIstiod istiod, TrustDomain own, IEnumerable<(MeshCluster Cluster, ClusterCheckSnapshot Seen)> planes) =>
        from other in planes
        where other.Cluster.Name != cluster
        from domain in other.Seen.Istiods.Select(found => TrustDomain.FromMeshConfig(found.MeshConfig).Name).Distinct()
        where !own.Accepts(domain)
        group other.Cluster.Name by domain into strangers
        orderby strangers.Key
        select CheckFinding.Error(
            cluster, Subject, $"{istiod.Name} is of trust domain {own.Name} and does not know {strangers.Key} of {string.Join(", ", strangers.Distinct().Order())}: pods there are refused here",
            $"add {strangers.Key} to trustDomainAliases in its mesh config, or use one trust domain in the whole mesh");
}
