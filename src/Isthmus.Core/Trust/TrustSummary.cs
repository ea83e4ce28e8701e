using System.Globalization;

namespace Isthmus.Core.Trust;

/// <summary>How the mesh's trust stands, in one line: the stage, who is missing, until when.</summary>
public static class TrustSummary
{
    public static string Line(TrustStatus status)
    {
        var waits = status.Missing.Select(cluster => cluster.Cluster.Value).ToList();
        var until = status.Missing.Select(cluster => cluster.SettlesAt).Max();
        var line = status.IsRotating ? $"rotation {status.Rotation}, stage {status.Stage}" : "no rotation under way";
        if (status.IsRotating && waits.Count > 0)
            line += $"; waits for {string.Join(", ", waits)}{(until is { } time ? $", until {time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)} at least" : "")}";
        if (!status.Without.IsEmpty)
            line += $"; given up: {string.Join(", ", status.Without)}";
        return status is { IsRotating: false, HasNewRoot: true } ? $"{line}; the vault has a CA under another root ('isthmus trust rotate')" : line;
    }
}
