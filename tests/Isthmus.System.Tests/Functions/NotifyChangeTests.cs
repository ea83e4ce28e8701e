using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Webhooks;
using Isthmus.System.Tests.Infra;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Functions;

public sealed class NotifyChangeTests
{
    private const string Mesh = """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test}
        spec:
          clusters:
          - {name: west, network: n, access: {kubeconfig: none}}
        """;

    private const string Export = """
        {"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"r-1","kind":{"version":"v1","kind":"Service"},
        "operation":"UPDATE","namespace":"shop","name":"reviews",
        "object":{"metadata":{"name":"reviews","namespace":"shop","uid":"u","resourceVersion":"7","labels":{"isthmus.dev/export":"true"}}},
        "oldObject":{"metadata":{"name":"reviews","namespace":"shop","uid":"u","resourceVersion":"7"}}}}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Allows_the_write_and_publishes_what_to_look_at()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);

        var response = await PostAsync(host, Export);

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("admission.k8s.io/v1beta1", answer?["apiVersion"]?.ToString());
        Assert.True(JsonNode.DeepEquals(answer?["response"], JsonNode.Parse("""{"uid":"r-1","allowed":true}""")));
        var sent = JsonNode.Parse(Assert.Single(host.Topic.Bodies));
        var cloudEvent = sent is JsonArray batch ? batch[0] : sent;
        Assert.Equal("dev.isthmus.service.changed", cloudEvent?["type"]?.ToString());
        Assert.Equal("shop/reviews", cloudEvent?["subject"]?.ToString());
        Assert.True(JsonNode.DeepEquals(cloudEvent?["data"], JsonNode.Parse(
            """{"cluster":"west","namespace":"shop","name":"reviews","operation":"UPDATE","uid":"u","oldResourceVersion":"7"}""")));
    }

    [Fact]
    public async Task Allows_the_write_while_the_topic_is_down()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        using var metrics = new RecordedMetrics();
        host.Topic.Down = true;

        var response = await PostAsync(host, Export);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"allowed\":true", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Contains(1, metrics.Of("isthmus.events.lost", "cluster", "west"));
    }

    [Fact]
    public async Task Allows_the_write_within_its_second_while_the_topic_does_not_answer()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await FunctionsHost.StartAsync(Mesh, time: time);
        using var asked = new SemaphoreSlim(0);
        host.Topic.Hangs = asked;

        var pending = PostAsync(host, Export);
        await asked.WaitAsync(Cancellation);
        Assert.False(pending.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(700));
        var response = await pending.WaitAsync(Cancellation);

        Assert.Contains("\"allowed\":true", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publishes_nothing_for_a_dry_run()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);

        var response = await PostAsync(host, Export.Replace("\"uid\":\"r-1\"", "\"uid\":\"r-1\",\"dryRun\":true", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(host.Topic.Bodies);
    }

    [Fact]
    public async Task An_unknown_cluster_and_a_wrong_token_look_alike()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        string[] addresses =
        [
            Address("nowhere", FunctionsHost.Token("nowhere", WebhookPurpose.Changes)),
            Address("nowhere", FunctionsHost.Token("west", WebhookPurpose.Changes)),
            Address("west", FunctionsHost.Token("west", WebhookPurpose.Inject)),
            Address("west", FunctionsHost.Token("west", WebhookPurpose.Changes).ToUpperInvariant()),
            Address("west", "0"),
        ];

        foreach (var address in addresses)
        {
            var response = await PostAsync(host, Export, address: address);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("", await response.Content.ReadAsStringAsync(Cancellation));
        }

        Assert.Empty(host.Topic.Bodies);
    }

    [Theory]
    [InlineData("", "application/json", HttpStatusCode.BadRequest, "no body found")]
    [InlineData("no json", "application/json", HttpStatusCode.BadRequest, "no JSON")]
    [InlineData("[]", "application/json", HttpStatusCode.BadRequest, "no JSON object")]
    [InlineData("""{"a":1,"a":2}""", "application/json", HttpStatusCode.BadRequest, "no JSON")]
    [InlineData("""{"a":"\ud800"}""", "application/json", HttpStatusCode.BadRequest, "no JSON")]
    [InlineData("{}", "text/plain", HttpStatusCode.UnsupportedMediaType, "application/json")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}""", "application/json", HttpStatusCode.BadRequest, "no request")]
    public async Task Bad_input_is_refused_with_a_reason(string body, string contentType, HttpStatusCode status, string reason)
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);

        var response = await PostAsync(host, body, contentType);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(reason, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.BadRequest)]
    public async Task A_body_may_have_six_mebibytes(int more, HttpStatusCode expected)
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);

        var response = await PostAsync(host, Export.PadRight(AdmissionReviewReader.MaxBytes + more));

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Nesting_without_end_is_refused()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);

        var response = await PostAsync(host, "{\"request\":" + new string('[', 100_000));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static string Address(string cluster, string token) => $"/api/clusters/{cluster}/{token}/changes?timeout=1s";

    private static async Task<HttpResponseMessage> PostAsync(
        FunctionsHost host, string body, string contentType = "application/json", string? address = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        var uri = new Uri(address ?? Address("west", FunctionsHost.Token("west", WebhookPurpose.Changes)), UriKind.Relative);
        return await host.Client.PostAsync(uri, content, Cancellation);
    }
}
