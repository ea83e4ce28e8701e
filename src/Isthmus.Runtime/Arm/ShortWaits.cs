using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Isthmus.Runtime.Arm;

/// <summary>Does as Azure says when it throttles, unless that is longer than a run may take: then the next run tries again.</summary>
internal sealed class ShortWaits() : RetryPolicy(maxRetries: 3, DelayStrategy.CreateExponentialDelayStrategy(TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(4)))
{
    private const int LongestSeconds = 5;

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => IsShort(message) && base.ShouldRetry(message, exception);

    protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        IsShort(message) ? base.ShouldRetryAsync(message, exception) : ValueTask.FromResult(false);

    private static bool IsShort(HttpMessage message) =>
        !message.HasResponse || !message.Response.Headers.TryGetValue("Retry-After", out var after)
        || !int.TryParse(after, CultureInfo.InvariantCulture, out var seconds) || seconds <= LongestSeconds;
}
