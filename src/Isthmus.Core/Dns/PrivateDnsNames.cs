using System.Security.Cryptography;
using System.Text;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Dns;

/// <summary>
/// Azure Private DNS in the words of plans: a place beside the clusters, whose zones, links and record sets are objects like any
/// other, so that ownership, guards and reports are the same for them.
/// </summary>
public static class PrivateDnsNames
{
    /// <summary>Stands where plans and reports name a cluster. No cluster can have this name.</summary>
    public static readonly ClusterName Place = new("azure:privatedns");

    public static readonly ResourceKind Zone = new("privatedns.azure", "v1", "PrivateDnsZone", "privateDnsZones", false);
    public static readonly ResourceKind Link = new("privatedns.azure", "v1", "PrivateDnsLink", "virtualNetworkLinks", true);
    public static readonly ResourceKind Record = new("privatedns.azure", "v1", "PrivateDnsRecord", "A", true);

    public static ObjectId ZoneId(string zone) => new(Place, Zone, null, zone);

    public static ObjectId LinkId(string zone, string link) => new(Place, Link, zone, link);

    public static ObjectId RecordId(string zone, string record) => new(Place, Record, zone, record);

    /// <summary>
    /// Where a name's record stands. A zone has at least two labels (Azure's rule), so a domain of one label has a zone for each
    /// namespace, and a longer one is a zone itself.
    /// </summary>
    public static (string Zone, string Record) Locate(string domain, string host)
    {
        var below = host[..^(domain.Length + 1)];
        if (domain.Contains('.', StringComparison.Ordinal))
            return (domain, below);
        var dot = below.LastIndexOf('.');
        return ($"{below[(dot + 1)..]}.{domain}", below[..dot]);
    }

    /// <summary>Whether a zone could hold records of the domain.</summary>
    public static bool IsOfDomain(string domain, string zone) =>
        zone == domain || zone.EndsWith("." + domain, StringComparison.Ordinal);

    /// <summary>The name of a link to a virtual network: readable, and another one for networks of the same name elsewhere.</summary>
    public static string LinkName(string virtualNetwork)
    {
        var id = virtualNetwork.ToLowerInvariant();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 4));
        var name = id[(id.LastIndexOf('/') + 1)..];
        return $"isthmus-{name[..Math.Min(name.Length, 60)]}-{hash}";
    }
}
