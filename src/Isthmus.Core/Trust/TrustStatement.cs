using System.Globalization;

namespace Isthmus.Core.Trust;

/// <summary>What a user may state of the workloads, so that nobody has to wait for certificates to run out.</summary>
public enum TrustClaim
{
    /// <summary>Every workload was restarted since istiod loaded the present stage, and so holds what was issued in it.</summary>
    WorkloadsRestarted,

    /// <summary>Every proxy runs with PROXY_CONFIG_XDS_AGENT, by which istiod pushes roots at once. It renews no certificate, so it shortens (a) only.</summary>
    RootsArePushed,
}

/// <summary>A claim and when it was made.</summary>
public sealed record TrustStatement(TrustClaim Claim, DateTimeOffset At)
{
    public override string ToString() => $"{Word(Claim)} {At.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)}";

    public static string Word(TrustClaim claim) => claim == TrustClaim.WorkloadsRestarted ? "workloads-restarted" : "roots-are-pushed";

    internal static TrustStatement? Parse(string? text)
    {
        var words = text?.Split(' ') ?? [];
        if (words.Length != 2 || !DateTimeOffset.TryParse(words[1], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at))
            return null;
        foreach (var claim in Enum.GetValues<TrustClaim>())
        {
            if (words[0] == Word(claim))
                return new TrustStatement(claim, at);
        }

        return null;
    }
}
