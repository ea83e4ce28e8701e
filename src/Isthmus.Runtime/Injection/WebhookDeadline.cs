using System.Globalization;

namespace Isthmus.Runtime.Injection;

/// <summary>How long an answer may take: the <c>timeout</c> query that API servers add to webhook calls, less a margin for the way back.</summary>
public static class WebhookDeadline
{
    /// <summary>What Kubernetes gives a webhook that names no timeout.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LargestMargin = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads a text such as <c>3s</c>; anything else counts as Kubernetes' default.</summary>
    public static TimeSpan From(string? timeout)
    {
        TimeSpan given = timeout is { Length: > 1 } && timeout[^1] == 's'
            && double.TryParse(timeout.AsSpan(0, timeout.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds is > 0 and <= 30
            ? TimeSpan.FromSeconds(seconds)
            : Usual;
        TimeSpan margin = given / 5;
        return given - (margin < LargestMargin ? margin : LargestMargin);
    }
}
