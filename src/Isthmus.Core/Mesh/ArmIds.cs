using System.Text.RegularExpressions;

namespace Isthmus.Core.Mesh;

/// <summary>ARM resource ids. ARM compares them without regard to case. They become parts of addresses, so only their own characters pass.</summary>
internal static partial class ArmIds
{
    public static bool IsResourceGroup(string id) => ResourceGroup().IsMatch(id);

    public static bool IsVirtualNetwork(string id) => VirtualNetwork().IsMatch(id);

    [GeneratedRegex(@"\A/subscriptions/[0-9a-f-]{36}/resourceGroups/[\w.()-]{0,89}[\w()-]\z", RegexOptions.IgnoreCase | RegexOptions.ECMAScript)]
    private static partial Regex ResourceGroup();

    [GeneratedRegex(
        @"\A/subscriptions/[0-9a-f-]{36}/resourceGroups/[\w.()-]{0,89}[\w()-]/providers/Microsoft\.Network/virtualNetworks/\w[\w.-]{0,78}\w\z",
        RegexOptions.IgnoreCase | RegexOptions.ECMAScript)]
    private static partial Regex VirtualNetwork();
}
