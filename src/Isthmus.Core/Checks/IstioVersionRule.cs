using Isthmus.Core.Injection;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>An istiod of a version that we know runs for every revision that the document names.</summary>
internal static class IstioVersionRule
{
    private const string Subject = "Istio";
    private const int Oldest = 20;
    private const int Newest = 31;

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) =>
        snapshot.ControlPlanes.SelectMany(pair => pair.Seen.Istiods.IsEmpty ? [None(pair.Cluster)] : pair.Seen.Istiods.Select(istiod => Of(pair.Cluster, istiod)));

    private static CheckFinding None(MeshCluster cluster) => CheckFinding.Error(
        cluster.Name, Subject, "no istiod: there is no Deployment with label app=istiod in istio-system",
        "install Istio 1.20 to 1.31 there, or name the cluster whose istiod serves this one (controlPlane)");

    private static CheckFinding Of(MeshCluster cluster, SeenIstiod istiod)
    {
        var which = $"{istiod.Name}, revision {istiod.Revision}";
        if (istiod.Version is not { } version)
            return CheckFinding.Warning(cluster.Name, Subject, $"{which}: its image and labels name no version", "make sure that it is 1.20 to 1.31");
        if (!version.IsAtLeast(1, Oldest))
            return CheckFinding.Error(cluster.Name, Subject, $"{which}: {version} is older than what Isthmus supports", "upgrade to 1.20 or later");
        if (version.IsAtLeast(1, Newest + 1))
            return CheckFinding.Warning(cluster.Name, Subject, $"{which}: {version} is newer than what Isthmus was tested with", "see whether a newer Isthmus knows it");
        return istiod.ReadyReplicas == 0
            ? CheckFinding.Error(cluster.Name, Subject, $"{which}: {version}, but no pod of it is ready", $"see kubectl -n istio-system describe deployment {istiod.Name}")
            : CheckFinding.Ok(cluster.Name, Subject, $"{version} ({which})");
    }
}
