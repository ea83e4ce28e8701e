using System.Globalization;

namespace Isthmus.Core.Checks;

/// <summary>Clocks agree: certificates, tokens and the order of claims go by them.</summary>
internal static class ClockRule
{
    private const string Subject = "clock";
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Harmful = TimeSpan.FromSeconds(60);

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot)
    {
        foreach (var (cluster, seen) in snapshot.Answering)
        {
            if (seen.Answer?.Ahead is not { } ahead)
                continue;
            var apart = ahead.Duration();
            var what = string.Create(CultureInfo.InvariantCulture, $"the API server's clock is {apart.TotalSeconds:0.#} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the one here");
            if (apart > Noticeable)
                yield return new CheckFinding(apart > Harmful ? CheckSeverity.Error : CheckSeverity.Warning, cluster.Name, Subject, what, "let both follow a time server (NTP)");
            else
                yield return CheckFinding.Ok(cluster.Name, Subject, string.Create(CultureInfo.InvariantCulture, $"within {Noticeable.TotalSeconds:0} s of the one here"));
        }
    }
}
