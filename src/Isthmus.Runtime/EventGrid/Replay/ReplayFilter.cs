using Isthmus.Core.Events;

namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>Which dead letters are meant.</summary>
public sealed record ReplayFilter
{
    /// <summary>Only those that were tried last at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only those that were tried last before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only these types; a trailing * stands for any ending. Empty: all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Those too that were delivered again before.</summary>
    public bool Again { get; init; }

    /// <summary>Why a letter is left out, or null where it is meant. One without a time is within any.</summary>
    internal string? Excludes(DeadLetter letter)
    {
        if (letter.At < Since || letter.At >= Until)
            return "outside the time asked for";
        if (Types.Count > 0 && !Types.Any(type => Matches(type, letter.Received?.Type ?? "")))
            return "another type";
        return letter.IsReplayed && !Again ? "delivered again before; --again repeats it" : null;
    }

    private static bool Matches(string wanted, string type) => wanted.EndsWith('*')
        ? type.StartsWith(wanted[..^1], StringComparison.OrdinalIgnoreCase)
        : string.Equals(wanted, type, StringComparison.OrdinalIgnoreCase);
}
