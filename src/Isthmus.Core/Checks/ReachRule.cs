using System.Globalization;

namespace Isthmus.Core.Checks;

/// <summary>The API server answers, and shows us what we look at.</summary>
internal static class ReachRule
{
    private const string Subject = "API server";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot)
    {
        foreach (var (name, seen) in snapshot.Clusters)
        {
            if (seen.Silence is { } silence)
                yield return CheckFinding.Error(name, Subject, silence, "check the cluster's access in the mesh document, and the way from here to its API server");
            else if (seen.Answer is { } answer)
                yield return CheckFinding.Ok(name, Subject, string.Create(CultureInfo.InvariantCulture, $"{answer.Version} answers in {answer.Took.TotalMilliseconds:0} ms").TrimStart());
            foreach (var unread in seen.Unread)
                yield return CheckFinding.Error(name, Subject, unread, "what depends on it was not checked: give the right, or see why the server refuses");
        }
    }
}
