using System.Collections.Immutable;
using System.Numerics;

namespace Isthmus.Core.Federation;

/// <summary>Whole-number weights by which each group of gateways gets traffic in proportion to the endpoints behind it.</summary>
internal static class EndpointWeights
{
    // Envoy sums the weights of a locality in 32 bits.
    private const int Most = 100_000;

    /// <summary>
    /// The weight of each single address of a group, for groups of (ready endpoints, addresses): exact where whole numbers up to
    /// 100,000 allow it, else rounded to them. Groups are alike where nothing is known; 0 for a group with nothing ready beside others that have.
    /// </summary>
    public static ImmutableArray<int> For(IReadOnlyList<(int Ready, int Addresses)> groups)
    {
        if (groups.Count == 0)
            return [];
        if (groups.All(group => group.Ready == 0))
            return For([.. groups.Select(group => (1, group.Addresses))]);
        // A group's weight is shared by its addresses, so each address gets ready ÷ addresses: brought to a common denominator.
        var denominator = groups.Aggregate(BigInteger.One, (product, group) => Lcm(product, Math.Max(1, group.Addresses)));
        var exact = groups.Select(group => group.Ready * denominator / Math.Max(1, group.Addresses)).ToList();
        var divisor = exact.Aggregate(BigInteger.Zero, BigInteger.GreatestCommonDivisor);
        var largest = exact.Max() / divisor;
        return [.. exact.Select(weight => Scaled(weight / divisor, largest))];
    }

    private static int Scaled(BigInteger weight, BigInteger largest)
    {
        if (largest <= Most || weight.IsZero)
            return (int)weight;
        var rounded = ((2 * weight * Most) + largest) / (2 * largest);
        return Math.Max(1, (int)rounded);
    }

    private static BigInteger Lcm(BigInteger left, BigInteger right) => left / BigInteger.GreatestCommonDivisor(left, right) * right;
}
