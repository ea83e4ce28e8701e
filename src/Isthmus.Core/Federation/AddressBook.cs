using System.Collections.Immutable;

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
    private readonly Dictionary<string, GlobalName> _resting = new(StringComparer.Ordinal);

    /// <param name="others">The claims that other names show.</param>
    /// <param name="resting">The claims on addresses that were freed a short while ago: only their own names may have them again.</param>
    /// <param name="isKnown">Whether the holders of an address were looked for, so that it can be said to be free.</param>
    public AddressBook(
        VirtualAddressRange range, string domain, DateTimeOffset now, IEnumerable<AddressClaim> others, IEnumerable<AddressClaim> resting, Func<string, bool> isKnown)
    {
        (_range, _domain, _now, _isKnown) = (range, domain, now, isKnown);
        foreach (var claim in others.Where(claim => !_holders.TryGetValue(claim.Address, out var holder) || claim.CompareTo(holder) < 0))
            _holders[claim.Address] = claim;
        foreach (var claim in resting.OrderDescending())
            _resting[claim.Address] = claim.Name;
    }

    /// <summary>Decides for several names, independently of their order. A name is missing where no address is known to be free.</summary>
    public ImmutableSortedDictionary<GlobalName, AddressClaim> Assign(IReadOnlyDictionary<GlobalName, ImmutableArray<AddressClaim>> claims)
    {
        var assigned = ImmutableSortedDictionary.CreateBuilder<GlobalName, AddressClaim>();
        // The earliest claims first, so that whoever loses an address sees it taken when it looks for another. Of several claims of one
        // name the earliest good one counts: exporters that joined later show later ones, and one that moved may show both.
        foreach (var claim in claims.Values.SelectMany(own => own).Where(claim => _range.Contains(claim.Address)).Order())
        {
            if (!assigned.ContainsKey(claim.Name) && IsFree(claim))
                Keep(claim);
        }

        foreach (var name in claims.Keys.Where(name => !assigned.ContainsKey(name)).Order())
        {
            if (_range.Candidates(name.Host(_domain)).TakeWhile(_isKnown).FirstOrDefault(address => IsFree(name, address)) is { } free)
                Keep(new AddressClaim(name, free, _now));
        }

        return assigned.ToImmutable();

        void Keep(AddressClaim claim)
        {
            assigned[claim.Name] = claim;
            _holders[claim.Address] = claim;
        }
    }

    private bool IsFree(AddressClaim claim) => !_holders.TryGetValue(claim.Address, out var holder) || holder.Name == claim.Name || claim.CompareTo(holder) < 0;

    private bool IsFree(GlobalName name, string address) =>
        !_holders.ContainsKey(address) && (!_resting.TryGetValue(address, out var former) || former == name);
}
