using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Events;

public sealed class VaultEventTests
{
    private static readonly TrustSettings Trust = new(new Uri("https://v.vault.azure.net/"), "mesh", null, Adopt: false) { Root = "mesh-root" };

    [Theory]
    [InlineData("mesh")]
    [InlineData("MESH")]
    [InlineData("mesh-root")]
    [InlineData("root-cert")]
    [InlineData("ca-cert")]
    [InlineData("ca-key")]
    [InlineData("cert-chain")]
    public void The_CA_and_each_of_its_parts_concern_trust(string subject) => Assert.True(AzureEvents.ConcernsTrust(Trust, subject));

    [Theory]
    [InlineData("""{"Id": "https://v.vault.azure.net/certificates/mesh/0a1b", "NBF": "1594840180", "EXP": 1602789000}""")]
    [InlineData("""{"ObjectName ": "mesh"}""")]
    [InlineData("""{"Id": 5, "ObjectName": "mesh "}""")]
    public void What_the_subject_does_not_say_the_data_does(string data)
    {
        Assert.True(AzureEvents.ConcernsTrust(Trust, "other", JsonNode.Parse(data)));
        Assert.True(AzureEvents.ConcernsTrust(Trust, null, JsonNode.Parse(data)));
    }

    [Theory]
    [InlineData("other", null)]
    [InlineData(null, """{"Id": "https://v.vault.azure.net/secrets/other/0a1b"}""")]
    [InlineData("other", """{"ObjectName ": "other", "Id": "no address"}""")]
    public void Other_objects_of_the_vault_do_not_concern_it(string? subject, string? data) =>
        Assert.False(AzureEvents.ConcernsTrust(Trust, subject, data is null ? null : JsonNode.Parse(data)));

    [Theory]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("""{"Id": "https://v.vault.azure.net/"}""")]
    public void In_doubt_trust_is_looked_at(string? data) => Assert.True(AzureEvents.ConcernsTrust(Trust, null, data is null ? null : JsonNode.Parse(data)));
}
