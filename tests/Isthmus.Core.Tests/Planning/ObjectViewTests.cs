using System.Text.Json.Nodes;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Planning;

public sealed class ObjectViewTests
{
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
        Assert.DoesNotContain(Hidden, ObjectView.Of(obj).ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, string.Join('\n', ObjectView.Lines(obj)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_changes_is_seen_to_change()
    {
        Assert.NotEqual(View("one"), View("two"));
        Assert.Equal(View("one"), View("one"));

        static string View(string value) =>
            ObjectView.Of(new JsonObject { ["kind"] = "Secret", ["data"] = new JsonObject { ["key"] = value } }).ToJsonString();
    }

    [Fact]
    public void Only_what_the_server_alone_writes_is_left_out()
    {
        var obj = Assert.IsType<JsonObject>(JsonNode.Parse("""
            {"kind":"Service","metadata":{"name":"a","uid":"u","resourceVersion":"5","managedFields":[{}],"labels":{"l":"v"},"annotations":{"a":"b"}},"spec":{"ports":[{"port":80}]}}
            """));
        Assert.Equal(
            """{"kind":"Service","metadata":{"name":"a","labels":{"l":"v"},"annotations":{"a":"b"}},"spec":{"ports":[{"port":80}]}}""", ObjectView.Of(obj).ToJsonString());
    }
}
