using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Json;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.ControlPlane;

public sealed class MeshNetworksTextTests
{
    private static readonly ImmutableSortedDictionary<string, JsonObject> One = Networks("n1", "20.1.2.3");

    [Fact]
    public void Istios_default_text_gets_our_networks_below_a_note_of_what_was_there() => Assert.Equal(
        """
        # isthmus, before: networks: {}
        networks:
          # BEGIN isthmus: kept by Isthmus, changes in here are lost
          n1:
            endpoints:
            - fromRegistry: east
            gateways:
            - address: 20.1.2.3
              port: 15443
          # END isthmus
        """,
        MeshNetworksText.Write("networks: {}", One).Text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("networks: {}")]
    [InlineData("networks: {}\n")]
    [InlineData("networks: {}   # none yet\r\n")]
    [InlineData("networks:\n")]
    [InlineData("networks: ~ # nothing\n# the end\n")]
    [InlineData("# a comment\n\nnetworks:   \n\n# another")]
    [InlineData("{}")]
    [InlineData("{} # empty\n")]
    [InlineData("# only a comment")]
    [InlineData("---\nnetworks: {}\n")]
    [InlineData("other: 1\n")]
    [InlineData("networks:\n  theirs: {gateways: [{address: 1.2.3.4, port: 443}]}\n")]
    [InlineData("networks: # these\n    # first\n    theirs:\n        endpoints:   [ ]\n    others: {}\nother: |\n  networks: {}\n")]
    [InlineData("\"networks\":\n theirs: {}")]
    [InlineData("# by hand\r\nnetworks:\r\n  theirs:\r\n    gateways:\r\n    - {address: 1.2.3.4, port: 443}\r\n")]
    [InlineData("x: &gw {address: 1.2.3.4, port: 443}\nnetworks:\n  theirs: &t\n    gateways: [*gw]\n  others: *t")]
    [InlineData("base: &base\n  theirs: {}\nnetworks:\n  <<: *base\n  more: {}\n")]
    [InlineData("note: |+\n  a text  \n\n  # BEGIN something\n\nnetworks:\n  theirs: {}\nfolded: >-\n  one\n  two")]
    [InlineData("networks:\n  theirs: {}\nlast: |\n  no line feed at the end")]
    [InlineData("last: |+\n  kept\n\n")]
    [InlineData("\uFEFFnetworks: {}\n", false)]
    [InlineData("networks: &all\n  theirs: {}\ncopy: *all\n", false)]
    [InlineData("last: |\n  no line feed at the end", false)]
    [InlineData("a: {x: [1, 2]}\nnetworks:\n- not\n", false)]
    [InlineData("networks: {theirs: {}}\n", false)]
    [InlineData("{networks: {}}\n", false)]
    [InlineData("networks: {\n}\n", false)]
    [InlineData("networks: text\n", false)]
    [InlineData("networks: {}\nnetworks: {}\n", false)]
    [InlineData("networks: {}\n---\nnetworks: {}\n", false)]
    [InlineData("other: 1\n...\n", false)]
    [InlineData("? networks\n: theirs: {}\n", false)]
    [InlineData("\tnetworks: {}\n", false)]
    [InlineData("just text", false)]
    public void What_is_written_is_valid_and_comes_out_again_byte_for_byte(string? text, bool isFit = true)
    {
        var edit = MeshNetworksText.Write(text, One);
        Assert.Equal(isFit, edit.Refusal is null);
        if (!isFit)
        {
            Assert.Equal(text, edit.Text);
            return;
        }

        Assert.NotNull(Yaml.Read(edit.Text ?? "")?["networks"]?["n1"]);
        Assert.Equal(["n1"], MeshNetworksText.Ours(edit.Text).Keys);
        Assert.Equal(edit.Text, MeshNetworksText.Write(edit.Text, One).Text);
        Assert.Equal(text, MeshNetworksText.Write(edit.Text, ImmutableSortedDictionary<string, JsonObject>.Empty).Text);
    }

    [Fact]
    public void Flow_style_is_refused_with_what_to_do() =>
        Assert.Contains("block style", MeshNetworksText.Write("networks: {theirs: {}}\n", One).Refusal, StringComparison.Ordinal);

    [Fact]
    public void A_network_of_somebody_else_stays_and_a_different_one_is_a_clash()
    {
        var edit = MeshNetworksText.Write("networks:\n  n1: {gateways: []}\n", Networks("n1", "20.1.2.3", "n2", "20.1.2.4"));
        Assert.Equal(["n1"], edit.Clashes);
        Assert.Equal(["n2"], MeshNetworksText.Ours(edit.Text).Keys);
        Assert.Contains("\n  n1: {gateways: []}\n", edit.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_that_somebody_puts_below_ours_stay_when_ours_go()
    {
        var edited = MeshNetworksText.Write("networks: {}\n", One).Text + "  theirs: {}\n";
        Assert.Equal("networks:\n  theirs: {}\n", MeshNetworksText.Write(edited, ImmutableSortedDictionary<string, JsonObject>.Empty).Text);
        Assert.NotNull(Yaml.Read(MeshNetworksText.Write(edited, Networks("n1", "20.1.2.9")).Text ?? "")?["networks"]?["theirs"]);
    }

    [Fact]
    public void Damaged_marks_are_refused()
    {
        var written = MeshNetworksText.Write("networks: {}\n", One).Text ?? "";
        Assert.Contains("marks", MeshNetworksText.Write(written.Replace("# END isthmus", "#", StringComparison.Ordinal), One).Refusal, StringComparison.Ordinal);
        Assert.Contains("marks", MeshNetworksText.Write(written + written, One).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_text_every_line_of_others_stays_and_ours_come_out_again() =>
        Gen.Select(Lines, Gen.Int[0, 3]).Sample((text, count) =>
        {
            var ours = Networks([.. Enumerable.Range(0, count).SelectMany(number => new[] { $"n{number}", $"20.0.0.{number}" })]);
            var edit = MeshNetworksText.Write(text, ours);
            if (edit.Refusal is not null)
                return edit.Text == text;
            var again = MeshNetworksText.Write(edit.Text, ours);
            var taken = MeshNetworksText.Write(edit.Text, ImmutableSortedDictionary<string, JsonObject>.Empty);
            return again.Text == edit.Text && taken.Text == text;
        }, iter: 2000);

    private static Gen<string> Lines { get; } = Choose.Among(
        "networks:", "networks: {}", "networks: ~", "  theirs: {}", "    theirs:", "      gateways: []", "  n1: {}", "# comment", "  # indented", "", "other: 1", "---", "{}", "x: |", "  text")
        .Array[0, 6].Select(lines => string.Join('\n', lines));

    private static ImmutableSortedDictionary<string, JsonObject> Networks(params string[] namesAndAddresses) =>
        namesAndAddresses.Chunk(2).ToImmutableSortedDictionary(pair => pair[0], pair => new JsonObject
        {
            ["endpoints"] = new JsonArray(new JsonObject { ["fromRegistry"] = "east" }),
            ["gateways"] = new JsonArray(new JsonObject { ["address"] = pair[1], ["port"] = 15443 }),
        });
}
