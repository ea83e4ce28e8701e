using CsCheck;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Planning;

public sealed class LineDiffTests
{
    private static readonly Gen<string[]> Texts = Gen.Int[0, 3].Select(number => "abcd"[number].ToString()).Array[0, 24];

    [Fact]
    public void A_diff_leads_from_the_one_text_to_the_other() => Gen.Select(Texts, Texts).Sample((before, after) =>
    {
        var lines = LineDiff.Compute(before, after);
        Assert.Equal(before, lines.Where(line => line.Change != LineChange.Added).Select(line => line.Text));
        Assert.Equal(after, lines.Where(line => line.Change != LineChange.Removed).Select(line => line.Text));
    });

    [Fact]
    public void No_shorter_diff_exists() => Gen.Select(Texts, Texts).Sample((before, after) =>
        Assert.Equal(LongestCommon(before, after), LineDiff.Compute(before, after).Count(line => line.Change == LineChange.Kept)));

    [Fact]
    public void Hunks_stand_where_they_say_and_hold_every_change() => Gen.Select(Texts, Texts, Gen.Int[0, 3]).Sample((before, after, around) =>
    {
        var lines = LineDiff.Compute(before, after);
        var hunks = LineDiff.Hunks(lines, around).ToList();
        foreach (var hunk in hunks)
        {
            var kept = hunk.Lines.Where(line => line.Change != LineChange.Added).Select(line => line.Text).ToArray();
            Assert.Equal(hunk.OldCount, kept.Length);
            Assert.Equal(kept, before.Skip(hunk.OldCount == 0 ? hunk.OldStart : hunk.OldStart - 1).Take(hunk.OldCount));
            var made = hunk.Lines.Where(line => line.Change != LineChange.Removed).Select(line => line.Text).ToArray();
            Assert.Equal(made, after.Skip(hunk.NewCount == 0 ? hunk.NewStart : hunk.NewStart - 1).Take(hunk.NewCount));
        }

        Assert.Equal(Changed(lines), hunks.Sum(hunk => Changed(hunk.Lines)));

        static int Changed(IEnumerable<DiffLine> lines) => lines.Count(line => line.Change != LineChange.Kept);
    });

    [Fact]
    public void A_line_added_to_twenty_thousand_is_one_line()
    {
        var before = Enumerable.Range(0, 20_000).Select(number => $"240.0.0.1 s{number}").ToList();
        var after = before.ToList();
        after.Insert(12_345, "new");
        var hunk = Assert.Single(LineDiff.Hunks(LineDiff.Compute(before, after)));
        Assert.Equal("@@ -12343,6 +12343,7 @@", hunk.Heading);
    }

    [Fact]
    public void Texts_that_have_nothing_in_common_are_replaced_whole_and_soon()
    {
        var before = Enumerable.Range(0, 20_000).Select(number => $"a{number}").ToList();
        var after = Enumerable.Range(0, 20_000).Select(number => $"b{number}").ToList();
        Assert.Equal(40_000, LineDiff.Compute(before, after).Length);
    }

    private static int LongestCommon(string[] left, string[] right)
    {
        var lengths = new int[left.Length + 1, right.Length + 1];
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
                lengths[i, j] = left[i - 1] == right[j - 1] ? lengths[i - 1, j - 1] + 1 : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
        }

        return lengths[left.Length, right.Length];
    }
}
