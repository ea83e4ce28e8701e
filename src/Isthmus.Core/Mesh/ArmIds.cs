using System.Text.RegularExpressions;

namespace Isthmus.Core.Mesh;

/// <summary>ARM resource ids. ARM compares them without regard to case. They become parts of addresses, so only their own characters pass.</summary>
public static partial class ArmIds
{
    /// <summary>The id of the AKS cluster that an id is of, or lies below; null where it is of none.</summary>
    public static string? ManagedClusterOf(string? id) => id is not null && ManagedCluster().Match(id) is { Success: true } match ? match.Value : null;

    public static bool AreEqual(string left, string right) => string.Equals(left.TrimEnd('/'), right.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    public static bool IsManagedCluster(string id) => ManagedClusterOf(id) == id;

    public static bool IsResourceGroup(string id) => ResourceGroup().IsMatch(id);

    public static bool IsVirtualNetwork(string id) => VirtualNetwork().IsMatch(id);

    [GeneratedRegex(@"\A/subscriptions/[0-9a-f-]{36}/resourceGroups/[\w.()-]{0,89}[\w()-]\z", RegexOptions.IgnoreCase | RegexOptions.ECMAScript)]
    private static partial Regex ResourceGroup();

    [GeneratedRegex(
        @"\A/subscriptions/[\w-]+/resourceGroups/[\w.()-]*[\w()-]/providers/Microsoft\.ContainerService/managedClusters/[\w-]+(?=/|\z)",
        RegexOptions.IgnoreCase | RegexOptions.ECMAScript)]
    private static partial Regex ManagedCluster();

    [GeneratedRegex(
        @"\A/subscriptions/[0-9a-f-]{36}/resourceGroups/[\w.()-]{0,89}[\w()-]/providers/Microsoft\.Network/virtualNetworks/\w[\w.-]{0,78}\w\z",
        RegexOptions.IgnoreCase | RegexOptions.ECMAScript)]
    private static partial Regex VirtualNetwork();
}
