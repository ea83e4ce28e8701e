using HostStandIn.Protocol;

namespace HostStandIn;

/// <summary>Something is not as it has to be.</summary>
internal sealed class CheckFailedException(string reason) : Exception(reason);

/// <summary>Says what was looked at, and ends the run at the first thing that is wrong.</summary>
internal static class Check
{
    private static int _count;

    public static int Count => _count;

    public static void That(string what, bool holds, string otherwise)
    {
        Interlocked.Increment(ref _count);
        if (!holds)
            throw new CheckFailedException($"{what}: {otherwise}");
    }

    public static void Equal<T>(string what, T expected, T actual) =>
        That(what, EqualityComparer<T>.Default.Equals(expected, actual), $"{expected} was expected, and it is {actual}");

    public static void Contains(string what, string expected, string actual) =>
        That(what, actual.Contains(expected, StringComparison.Ordinal), $"'{expected}' was expected in {(actual.Length > 2000 ? actual[..2000] : actual)}");

    public static void Succeeded(string what, StatusResult result) =>
        That(what, result.Status == StatusResult.Types.Status.Success, $"{result.Exception?.Message ?? result.Result} {result.Exception?.StackTrace}");

    public static void Fails(string what, StatusResult result, string reason)
    {
        Equal(what, StatusResult.Types.Status.Failure, result.Status);
        Contains(what, reason, result.Exception?.Message ?? "");
    }
}
