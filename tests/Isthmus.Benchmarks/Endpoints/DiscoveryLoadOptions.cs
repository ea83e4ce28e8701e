using System.Globalization;

namespace Isthmus.Benchmarks.Endpoints;

/// <summary>The size of a mesh under one control plane: clusters, each a network of its own, and in each so many Services and endpoints in all.</summary>
internal sealed record DiscoveryLoadOptions(int Clusters, int Services, int Endpoints)
{
    public IReadOnlyList<int> Size => [Clusters, Services, Endpoints];

    /// <summary>Reads <c>[clusters] [Services in each] [endpoints in each]</c>; 3, 1 and 3,334 unless given: 10,000 endpoints of one service.</summary>
    public static DiscoveryLoadOptions Parse(IReadOnlyList<string> arguments) => new(At(arguments, 0, 3), At(arguments, 1, 1), At(arguments, 2, 3_334));

    private static int At(IReadOnlyList<string> arguments, int index, int usual) =>
        index < arguments.Count ? int.Parse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture) : usual;
}
