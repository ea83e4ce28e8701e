using System.Collections.Immutable;

namespace Isthmus.Core.Federation;

/// <summary>Whole-number weights by which each group of gateways gets traffic in proportion to the endpoints behind it.</summary>
internal static class EndpointWeights
{
    // Envoy sums the weights of a locality in 32 bits.
    private const long Most = 100_000;

    /// <summary>The weight of each single address of a group, for groups of (ready endpoints, addresses); all 1 where nothing is known.</summary>
    public static ImmutableArray<int> For(IReadOnlyList<(int Ready, int Addresses)> groups)
    {
        if (groups.All(group => group.Ready == 0))
            groups = [.. groups.Select(group => (group.Addresses, group.Addresses))];
        // Past a certain size exactness is not worth the digits: rounding then errs by less than a thousandth.
        var multiple = groups.Aggregate(1L, (product, group) => product > Most ? product : Lcm(product, Math.Max(1, group.Addresses)));
        var weights = groups.Select(group => group.Ready * multiple / Math.Max(1, group.Addresses)).ToList();
        var divisor = weights.Where(weight => weight > 0).Aggregate(0L, Gcd);
        weights = [.. weights.Select(weight => weight / Math.Max(1, divisor))];
        var largest = weights.DefaultIfEmpty(0).Max();
        return [.. weights.Select(weight => (int)(largest <= Most ? weight : Math.Max(weight > 0 ? 1 : 0, weight * Most / largest)))];
    }

    private static long Gcd(long left, long right) => right == 0 ? left : Gcd(right, left % right);

    private static long Lcm(long left, long right) => left / Gcd(left, right) * right;
}
