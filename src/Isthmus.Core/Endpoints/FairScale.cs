namespace Isthmus.Core.Endpoints;

/// <summary>
/// The factor of all weights of one answer: as close to what divides evenly among gateways as Envoy's limit allows, which is that the weights of
/// one priority add up to less than 2^32. Above that all shrink alike, instead of being clipped one by one.
/// </summary>
internal readonly record struct FairScale(ulong Numerator, ulong Denominator)
{
    public static FairScale For(UInt128 total, int addresses, ulong wanted)
    {
        // Rounding up to 1 may add 1 for each address.
        var limit = uint.MaxValue - (ulong)addresses;
        if (total == 0) return new FairScale(1, 1);
        if (total <= limit) return new FairScale(Math.Clamp((ulong)(limit / total), 1, wanted), 1);
        return new FairScale(1, (ulong)((total + limit - 1) / limit));
    }

    /// <summary>Rounded to the nearest; never 0 for what has a weight, since Envoy refuses that.</summary>
    public ulong Of(ulong weight) => weight == 0 ? 0 : Math.Max(1, (ulong)(((UInt128)weight * Numerator + Denominator / 2) / Denominator));
}
