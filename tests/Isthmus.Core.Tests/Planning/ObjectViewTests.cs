using System.Text.Json.Nodes;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Planning;

public sealed class ObjectViewTests
{
    private static readonly ObjectView View = new([1, 2, 3]);

    private const string Hidden = "aGlkZGVuIHZhbHVl";

    [Theory]
    [InlineData("""{"kind":"Secret","data":{"key":"HIDDEN"}}""")]
    [InlineData("""{"kind":"Secret","stringData":{"key":"HIDDEN"}}""")]
    [InlineData("""{"kind":"Secret","data":"HIDDEN"}""")]
    [InlineData("""{"kind":"Secret","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"key\":\"HIDDEN\"}}"}}}""")]
    [InlineData("""{"kind":"MutatingWebhookConfiguration","webhooks":[{"clientConfig":{"url":"https://f.test/api/clusters/east/HIDDEN/inject/cluster/east"}}]}""")]
    [InlineData("""{"kind":"ConfigMap","data":{"nginx.conf":"location / { proxy_pass https://f.test/api/clusters/east/HIDDEN/changes; }"}}""")]
    [InlineData("""{"kind":"ConfigMap","data":{"key.pem":"-----BEGIN EC PRIVATE KEY-----\nHIDDEN\n-----END EC PRIVATE KEY-----"}}""")]
    public void Nothing_secret_is_shown(string json)
    {
        var obj = Assert.IsType<JsonObject>(JsonNode.Parse(json.Replace("HIDDEN", Hidden, StringComparison.Ordinal)));
        Assert.DoesNotContain(Hidden, View.Of(obj).ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, string.Join('\n', View.Lines(obj)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_changes_is_seen_to_change()
    {
        Assert.NotEqual(Shown("one"), Shown("two"));
        Assert.Equal(Shown("one"), Shown("one"));

        static string Shown(string value) =>
            View.Of(new JsonObject { ["kind"] = "Secret", ["data"] = new JsonObject { ["key"] = value } }).ToJsonString();
    }

    [Fact]
    public void A_guess_cannot_be_confirmed_by_another_output()
    {
        var secret = new JsonObject { ["kind"] = "Secret", ["data"] = new JsonObject { ["key"] = "guessed" } };
        Assert.NotEqual(View.Of(secret).ToJsonString(), new ObjectView([4, 5, 6]).Of(secret).ToJsonString());
    }

    [Fact]
    public void Only_what_the_server_alone_writes_is_left_out()
    {
        var obj = Assert.IsType<JsonObject>(JsonNode.Parse("""
            {"kind":"Service","metadata":{"name":"a","uid":"u","resourceVersion":"5","managedFields":[{}],"labels":{"l":"v"},"annotations":{"a":"b"}},"spec":{"ports":[{"port":80}]}}
            """));
        Assert.Equal(
            """{"kind":"Service","metadata":{"name":"a","labels":{"l":"v"},"annotations":{"a":"b"}},"spec":{"ports":[{"port":80}]}}""", View.Of(obj).ToJsonString());
    }
}
