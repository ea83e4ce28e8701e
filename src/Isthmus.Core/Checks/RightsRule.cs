namespace Isthmus.Core.Checks;

/// <summary>We may do all that a run does; what is missing is found here rather than in the middle of one.</summary>
internal static class RightsRule
{
    private const string Subject = "rights";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot)
    {
        foreach (var (cluster, seen) in snapshot.Answering)
        {
            foreach (var resource in seen.MissingRights.GroupBy(right => right.FullResource))
            {
                var verbs = string.Join(", ", resource.Select(right => right.Verb));
                yield return CheckFinding.Error(
                    cluster.Name, Subject, $"may not {verbs} {resource.Key}", "apply infra/clusterrole.yaml and bind it to the identity of the cluster's access");
            }

            if (seen.MissingRights.IsEmpty)
                yield return CheckFinding.Ok(cluster.Name, Subject, "sufficient");
        }
    }
}
