using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// The name that istiod gives the cluster of a service port: <c>outbound|PORT|SUBSET|HOST</c>, or <c>outbound_.PORT_.SUBSET_.HOST</c> for those
/// that a gateway picks by SNI.
/// </summary>
public sealed record EnvoyClusterName(int Port, string Subset, string Host, bool IsSniDnat)
{
    public override string ToString() => IsSniDnat ? $"outbound_.{Port}_.{Subset}_.{Host}" : $"outbound|{Port}|{Subset}|{Host}";

    public static bool TryParse(string text, [NotNullWhen(true)] out EnvoyClusterName? name)
    {
        name = null;
        var isSniDnat = text.StartsWith("outbound_.", StringComparison.Ordinal);
        var parts = text.Split(isSniDnat ? "_." : "|", 4);
        if (parts.Length != 4 || parts[0] != "outbound" || parts[3].Length == 0) return false;
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535) return false;
        name = new EnvoyClusterName(port, parts[2], parts[3], isSniDnat);
        return true;
    }
}
