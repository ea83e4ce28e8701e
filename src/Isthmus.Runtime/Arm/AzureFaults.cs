using Azure.Identity;

namespace Isthmus.Runtime.Arm;

/// <summary>What Azure's client library throws, in one line and with what to do.</summary>
internal static class AzureFaults
{
    public static string Text(Exception fault)
    {
        var first = fault is AggregateException { InnerException: { } inner } ? inner : fault;
        // The credential chain tells of each of its links on a line of its own, and refusals go on with headers.
        var line = first.Message.Split('\n')[0].Trim();
        return first is AuthenticationFailedException ? $"there is no identity for Azure here: sign in by 'az login', or run under a managed identity ({line})" : line;
    }
}
