using CsCheck;
using Isthmus.Core.Federation;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class EndpointWeightsTests
{
    private static readonly Gen<List<(int Ready, int Addresses)>> Groups = Gen.Select(Gen.Int[0, 300], Gen.Int[1, 16]).List[1, 12];

    [Fact]
    public void Each_groups_share_is_its_share_of_the_ready_endpoints() => Groups.Sample(groups =>
    {
        var weights = EndpointWeights.For(groups);
        var ready = groups.Sum(group => (double)group.Ready);
        var total = groups.Zip(weights).Sum(pair => (double)pair.First.Addresses * pair.Second);
        return groups.Zip(weights).All(pair =>
        {
            var (wanted, got) = (ready == 0 ? 0 : pair.First.Ready / ready, pair.First.Addresses * pair.Second / total);
            // One step of the 100,000 for each address, which is what rounding to whole numbers may cost.
            return ready == 0 || Math.Abs(wanted - got) < 0.001;
        });
    }, iter: 2000);

    [Fact]
    public void Weights_are_the_smallest_whole_numbers_and_never_too_big_for_envoy() => Groups.Sample(groups =>
    {
        var weights = EndpointWeights.For(groups);
        return weights.All(weight => weight is >= 0 and <= 100_000) && groups.Zip(weights).All(pair => pair.Second > 0 || pair.First.Ready == 0)
            && weights.SequenceEqual(EndpointWeights.For([.. groups.Select(group => (group.Ready * 3, group.Addresses))]));
    }, iter: 2000);

    [Fact]
    public void Where_nothing_is_known_all_groups_are_alike() => Assert.Equal([7, 1], EndpointWeights.For([(0, 1), (0, 7)]));
}
