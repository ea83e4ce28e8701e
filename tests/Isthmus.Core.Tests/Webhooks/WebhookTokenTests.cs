using System.Text;
using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Xunit;

namespace Isthmus.Core.Tests.Webhooks;

public sealed class WebhookTokenTests
{
    private static readonly byte[] Key = Encoding.UTF8.GetBytes("0123456789abcdef0123456789abcdef");
    private static readonly ClusterName East = new("east");

    [Fact]
    public void Is_lower_case_hex_of_an_hmac_over_purpose_and_cluster() =>
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Key, "inject\neast"u8)),
            WebhookToken.Compute(Key, East, WebhookPurpose.Inject));

    [Fact]
    public void Opens_one_purpose_of_one_cluster_only()
    {
        var token = WebhookToken.Compute(Key, East, WebhookPurpose.Inject);
        Assert.True(WebhookToken.Verify([Key], East, WebhookPurpose.Inject, token));
        Assert.False(WebhookToken.Verify([Key], East, WebhookPurpose.Changes, token));
        Assert.False(WebhookToken.Verify([Key], new ClusterName("west"), WebhookPurpose.Inject, token));
        Assert.False(WebhookToken.Verify([], East, WebhookPurpose.Inject, token));
    }

    [Fact]
    public void Both_keys_are_valid_while_one_is_rotated() =>
        Assert.True(WebhookToken.Verify([[1, 2, 3], Key], East, WebhookPurpose.Inject, WebhookToken.Compute(Key, East, WebhookPurpose.Inject)));

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("zz")]
    public void Refuses_what_is_no_token(string token) => Assert.False(WebhookToken.Verify([Key], East, WebhookPurpose.Inject, token));

    [Fact]
    public void Refuses_the_token_in_another_spelling()
    {
        var token = WebhookToken.Compute(Key, East, WebhookPurpose.Inject);
        Assert.False(WebhookToken.Verify([Key], East, WebhookPurpose.Inject, token.ToUpperInvariant()));
        Assert.False(WebhookToken.Verify([Key], East, WebhookPurpose.Inject, token + "00"));
        Assert.False(WebhookToken.Verify([Key], East, WebhookPurpose.Inject, token[..^2] + "zz"));
    }
}
