using System.Collections.Immutable;
using System.Net;
using CsCheck;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class AddressBookTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly VirtualAddressRange Small = new(IPNetwork.Parse("240.0.0.0/28"));

    [Fact]
    public void The_whole_range_leaves_out_istios_own_and_both_ends()
    {
        var range = new VirtualAddressRange(IPNetwork.Parse("240.0.0.0/4"));
        Assert.Equal((uint)((1 << 28) - 2 - 65536), range.Count);
        Assert.False(range.Contains("240.240.3.4"));
        Assert.False(range.Contains("240.0.0.0"));
        Assert.True(range.Contains("240.0.0.1"));
        Assert.True(range.Contains("240.241.0.0"));
        Assert.True(range.Contains("255.255.255.254"));
        Assert.False(range.Contains("255.255.255.255"));
        Assert.False(range.Contains("10.0.0.1"));
        Assert.False(range.Contains("nonsense"));
    }

    [Theory]
    [InlineData("240.0.0.0/28", 14)]
    [InlineData("240.240.0.0/15", 65536 - 1)]
    [InlineData("240.239.255.0/24", 254)]
    public void Candidates_visit_every_address_once_and_stay_in_the_range(string network, int count)
    {
        var range = new VirtualAddressRange(IPNetwork.Parse(network));
        var all = range.Candidates("reviews.shop.global").ToList();
        Assert.Equal(count, all.Count);
        Assert.Equal(count, all.Distinct().Count());
        Assert.All(all, address => Assert.True(range.Contains(address)));
    }

    [Fact]
    public void The_earlier_claim_keeps_an_address_then_the_smaller_name_whoever_decides() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3]).Sample((first, second) =>
        {
            var (a, b) = (Name("a"), Name("b"));
            var claimA = new AddressClaim(a, "240.0.0.3", Now.AddSeconds(first));
            var claimB = new AddressClaim(b, "240.0.0.3", Now.AddSeconds(second));
            var winner = first <= second ? a : b;
            var asA = Book(claimB).Assign(Claims(claimA))[a];
            var asB = Book(claimA).Assign(Claims(claimB))[b];
            var both = Book().Assign(Claims(claimA).Concat(Claims(claimB)).ToDictionary());
            return (asA.Address == "240.0.0.3") == (winner == a) && (asB.Address == "240.0.0.3") == (winner == b)
                && both[winner].Address == "240.0.0.3" && both[winner == a ? b : a].Address != "240.0.0.3";
        });

    [Fact]
    public void A_full_range_leaves_the_last_name_without_an_address()
    {
        var names = Enumerable.Range(0, 15).Select(number => Name($"s{number:00}")).ToDictionary(name => name, _ => ImmutableArray<AddressClaim>.Empty);
        var assigned = Book().Assign(names);
        Assert.Equal(14, assigned.Count);
        Assert.Equal(14, assigned.Values.Select(claim => claim.Address).Distinct().Count());
    }

    [Fact]
    public void A_claim_outside_the_range_is_not_kept()
    {
        var claim = new AddressClaim(Name("a"), "240.9.9.9", Now);
        Assert.NotEqual("240.9.9.9", Book().Assign(Claims(claim))[claim.Name].Address);
    }

    [Fact]
    public void An_address_whose_holders_nobody_looked_for_is_not_taken()
    {
        var book = new AddressBook(Small, "global", Now, [], [], _ => false);
        Assert.Empty(book.Assign(new Dictionary<GlobalName, ImmutableArray<AddressClaim>> { [Name("a")] = [] }));
    }

    [Fact]
    public void A_freed_address_is_given_to_nobody_but_its_former_name()
    {
        var first = Book().Assign(new Dictionary<GlobalName, ImmutableArray<AddressClaim>> { [Name("a")] = [] })[Name("a")];
        var resting = new AddressBook(Small, "global", Now, [], [first with { Name = Name("b") }], _ => true);
        Assert.NotEqual(first.Address, resting.Assign(new Dictionary<GlobalName, ImmutableArray<AddressClaim>> { [Name("a")] = [] })[Name("a")].Address);
        var own = new AddressBook(Small, "global", Now, [], [first], _ => true);
        Assert.Equal(first.Address, own.Assign(new Dictionary<GlobalName, ImmutableArray<AddressClaim>> { [Name("a")] = [] })[Name("a")].Address);
    }

    [Fact]
    public void A_name_that_lost_its_earliest_address_keeps_the_one_it_moved_to()
    {
        var lost = new AddressClaim(Name("a"), "240.0.0.3", Now.AddSeconds(2));
        var moved = new AddressClaim(Name("a"), "240.0.0.9", Now.AddSeconds(5));
        var assigned = Book(new AddressClaim(Name("b"), "240.0.0.3", Now)).Assign(new Dictionary<GlobalName, ImmutableArray<AddressClaim>> { [Name("a")] = [lost, moved] });
        Assert.Equal(moved, assigned[Name("a")]);
    }

    [Fact]
    public void A_million_names_find_room_within_a_few_probes()
    {
        var range = new VirtualAddressRange(IPNetwork.Parse("240.0.0.0/4"));
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var most = 0;
        for (var number = 0; number < 1_000_000; number++)
        {
            var probes = 1;
            foreach (var address in range.Candidates($"s{number}.shop.global"))
            {
                if (taken.Add(address))
                    break;
                probes++;
            }

            most = Math.Max(most, probes);
        }

        Assert.Equal(1_000_000, taken.Count);
        Assert.InRange(most, 1, 6);
    }

    [Theory]
    [InlineData(new[] { 3, 1, 4, 2 }, new[] { 6, 4 })]
    [InlineData(new[] { 0, 1, 0, 3 }, new[] { 3, 1 })]
    [InlineData(new[] { 5, 1, 0, 1 }, new[] { 1, 0 })]
    [InlineData(new[] { 10, 1, 30, 3 }, new[] { 1, 1 })]
    public void Weights_are_the_smallest_whole_numbers_in_proportion(int[] groups, int[] expected)
    {
        var weights = EndpointWeights.For([.. groups.Chunk(2).Select(pair => (pair[0], pair[1]))]);
        Assert.Equal(Reduced(expected), weights);

        static int[] Reduced(int[] weights)
        {
            var divisor = weights.Where(weight => weight > 0).Aggregate(0, (left, right) => (int)System.Numerics.BigInteger.GreatestCommonDivisor(left, right));
            return [.. weights.Select(weight => weight / divisor)];
        }
    }

    [Fact]
    public void Weights_stay_in_proportion_and_in_bounds_for_any_number_of_gateways() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 60]).List[1, 40].Sample(groups =>
        {
            var weights = EndpointWeights.For([.. groups.Select(group => (group.Item1, group.Item2))]);
            var total = weights.Zip(groups).Sum(pair => (double)pair.First * pair.Second.Item2);
            var ready = groups.Sum(group => (double)group.Item1);
            return weights.All(weight => weight is > 0 and <= 100_000)
                && weights.Zip(groups).All(pair => Math.Abs((pair.First * pair.Second.Item2 / total) - (pair.Second.Item1 / ready)) < 0.02);
        }, iter: 500);

    private static AddressBook Book(params AddressClaim[] others) => new(Small, "global", Now.AddHours(1), others, [], _ => true);

    private static GlobalName Name(string name) => new(new ServiceName("n", name));

    private static Dictionary<GlobalName, ImmutableArray<AddressClaim>> Claims(AddressClaim claim) => new() { [claim.Name] = [claim] };
}
