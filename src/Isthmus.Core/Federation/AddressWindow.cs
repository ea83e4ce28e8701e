using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Which addresses the names in scope may get, so that their holders are looked for and no others.</summary>
public static class AddressWindow
{
    // With a million names in the whole range one address in two hundred and fifty is taken: four in a row practically never are.
    private const int FewestProbes = 4;
    private const int MostProbes = 16;

    // They all go into one request's query, which servers limit to some kilobytes.
    private const int MostAddresses = 300;

    /// <summary>The addresses to ask for; null where asking for all is less work.</summary>
    public static IReadOnlySet<string>? Of(MeshDocument mesh, FederationSnapshot snapshot)
    {
        var exports = MeshExports.Of(mesh, snapshot);
        var names = exports.Names.ToList();
        var probes = names.Count == 0 ? MostProbes : Math.Min(MostProbes, MostAddresses / names.Count);
        if (probes < FewestProbes)
            return null;
        var held = snapshot.Clusters.Values.SelectMany(cluster => cluster.ServiceEntries).Select(AddressClaim.OfOurs)
            .Concat(snapshot.Clusters.Values.SelectMany(cluster => cluster.Services).Select(AddressClaim.OfService))
            .OfType<AddressClaim>().Where(claim => snapshot.Scope.Includes(claim.Name.Service)).Select(claim => claim.Address);
        var range = new VirtualAddressRange(mesh.AddressRange);
        return names.SelectMany(name => range.Candidates(name.Host(mesh.Domain)).Take(probes)).Concat(held).ToHashSet(StringComparer.Ordinal);
    }
}
