using System.Security.Cryptography;
using System.Text;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Aks;

/// <summary>Names for what Azure names in its own way.</summary>
internal static class DiscoveredName
{
    private const int LongestLabel = 63;

    /// <summary>The name that a cluster wants in the mesh: what its tag says, or the resource's own in a label's form.</summary>
    public static string Of(AksCluster cluster)
    {
        var text = cluster.Tags.GetValueOrDefault(AksTags.Cluster)?.Trim() is { Length: > 0 } tag ? tag : cluster.Name;
        var label = new string([.. text.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]).Trim('-');
        return label[..Math.Min(LongestLabel, label.Length)].Trim('-');
    }

    /// <summary>A network's name that tells apart what has the same name in two resource groups.</summary>
    public static NetworkName Network(string name, string resourceId)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(resourceId.ToLowerInvariant())))[..8];
        var most = LongestLabel - hash.Length - 1;
        return new NetworkName($"{name[..Math.Min(most, name.Length)].TrimStart('-', '_', '.')}-{hash}");
    }
}
