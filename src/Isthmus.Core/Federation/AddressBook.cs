using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>
/// Gives each name its address: the one it holds, or the first free one from its hash on. If two names hold one address the
/// earlier claim keeps it, then the smaller name; the other moves. There is no central list: the clusters are the store.
/// </summary>
internal sealed class AddressBook
{
    private readonly VirtualAddressRange _range;
    private readonly string _domain;
    private readonly DateTimeOffset _now;
    private readonly Func<string, bool> _isKnown;
    private readonly Dictionary<string, AddressClaim> _holders = new(StringComparer.Ordinal);

    /// <param name="others">The claims that other names show.</param>
    /// <param name="isKnown">Whether the holders of an address were looked for, so that it can be said to be free.</param>
    public AddressBook(VirtualAddressRange range, string domain, DateTimeOffset now, IEnumerable<AddressClaim> others, Func<string, bool> isKnown)
    {
        (_range, _domain, _now, _isKnown) = (range, domain, now, isKnown);
        foreach (var claim in others)
            Hold(claim);
    }

    /// <summary>Decides for several names, independently of their order. A name is missing where no address is known to be free.</summary>
    public ImmutableSortedDictionary<ServiceName, AddressClaim> Assign(IReadOnlyDictionary<ServiceName, ImmutableArray<AddressClaim>> claims)
    {
        var assigned = ImmutableSortedDictionary.CreateBuilder<ServiceName, AddressClaim>();
        // The earliest claims first, so that whoever loses an address sees it taken when it looks for another.
        var held = claims.Select(entry => (entry.Key, Claim: Usable(entry.Value))).OrderBy(entry => entry.Claim ?? Never(entry.Key)).ToList();
        foreach (var (name, claim) in held)
        {
            if (claim is { } kept && IsFree(kept))
                Keep(name, kept);
        }

        foreach (var (name, _) in held.Where(entry => !assigned.ContainsKey(entry.Key)))
        {
            if (_range.Candidates(name.GlobalHost(_domain)).TakeWhile(_isKnown).FirstOrDefault(address => !_holders.ContainsKey(address)) is { } free)
                Keep(name, new AddressClaim(name, free, _now));
        }

        return assigned.ToImmutable();

        void Keep(ServiceName name, AddressClaim claim)
        {
            assigned[name] = claim;
            _holders[claim.Address] = claim;
        }
    }

    private static AddressClaim Never(ServiceName name) => new(name, "", DateTimeOffset.MaxValue);

    // The earliest of a name's own claims: exporters that joined later show later ones, or none.
    private AddressClaim? Usable(ImmutableArray<AddressClaim> claims)
    {
        var inRange = claims.Where(claim => _range.Contains(claim.Address)).ToList();
        return inRange.Count == 0 ? null : inRange.Min();
    }

    private bool IsFree(AddressClaim claim) => !_holders.TryGetValue(claim.Address, out var holder) || holder.Service == claim.Service || claim.CompareTo(holder) < 0;

    private void Hold(AddressClaim claim)
    {
        if (!_holders.TryGetValue(claim.Address, out var holder) || claim.CompareTo(holder) < 0)
            _holders[claim.Address] = claim;
    }
}
