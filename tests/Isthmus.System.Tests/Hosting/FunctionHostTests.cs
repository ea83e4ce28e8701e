using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace Isthmus.System.Tests.Hosting;

public sealed class FunctionHostTests
{
    private const string CloudEvent = """{"specversion":"1.0","id":"1","source":"/s","type":"dev.isthmus.test","subject":"a","data":{"x":1}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routes_carry_host_jsons_prefix_and_bind_segments_and_the_catch_all()
    {
        await using var probe = await ProbeHost.StartAsync();

        var response = await probe.Client.PostAsync(new Uri("/api/probe/east/tail/cluster/east/net/n1", UriKind.Relative), null, Cancellation);

        Assert.Equal("east:cluster/east/net/n1", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(["POST east cluster/east/net/n1 True"], probe.Log.Calls);
    }

    [Theory]
    [InlineData("GET", "/api/probe/east/tail/x", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/probe/east/tail/x", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/closed", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/closed?code=wrong", HttpStatusCode.Unauthorized)]
    public async Task Refuses_other_methods_paths_and_keys(string method, string path, HttpStatusCode expected)
    {
        await using var probe = await ProbeHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var response = await probe.Client.SendAsync(request, Cancellation);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task The_function_key_opens_as_a_header_and_as_the_query_code()
    {
        await using var probe = await ProbeHost.StartAsync();
        using var withHeader = new HttpRequestMessage(HttpMethod.Get, "/api/closed");
        withHeader.Headers.Add("x-functions-key", probe.Host.Keys.Function);

        Assert.Equal(HttpStatusCode.OK, (await probe.Client.SendAsync(withHeader, Cancellation)).StatusCode);
        var query = new Uri($"/api/closed?code={probe.Host.Keys.Master}", UriKind.Relative);
        Assert.Equal(HttpStatusCode.OK, (await probe.Client.GetAsync(query, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_failing_function_is_a_500_that_tells_nothing()
    {
        await using var probe = await ProbeHost.StartAsync();

        var response = await probe.Client.GetAsync(new Uri("/api/broken", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_event_endpoint_runs_each_event_of_a_batch_in_both_schemas()
    {
        await using var probe = await ProbeHost.StartAsync();
        const string gridEvent = """{"id":"2","topic":"/t","subject":"b","eventType":"dev.isthmus.old","eventTime":"2026-11-22T10:00:00Z","dataVersion":"1","data":{"y":2}}""";

        var response = await SendAsync(probe, $"[{CloudEvent},{gridEvent}]");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["dev.isthmus.old b {\"y\":2}", "dev.isthmus.test a {\"x\":1}"], probe.Log.Calls.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_failed_event_of_a_batch_fails_the_delivery()
    {
        await using var probe = await ProbeHost.StartAsync();
        probe.Log.OnEvent = subject => subject == "bad" ? throw new InvalidOperationException("no") : Task.CompletedTask;

        var response = await SendAsync(probe, $"[{CloudEvent},{CloudEvent.Replace("\"a\"", "\"bad\"", StringComparison.Ordinal)}]");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task A_malformed_event_takes_no_others_of_its_batch_with_it()
    {
        await using var probe = await ProbeHost.StartAsync();
        const string malformed = """{"id":"9"}""";

        var done = await SendAsync(probe, $"[{malformed},{CloudEvent}]");
        probe.Log.OnEvent = _ => throw new InvalidOperationException("not yet");
        var failed = await SendAsync(probe, $"[{malformed},{CloudEvent}]");

        Assert.Equal(HttpStatusCode.BadRequest, done.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(2, probe.Log.Calls.Count);
    }

    [Fact]
    public async Task A_delivery_over_a_megabyte_is_too_long()
    {
        await using var probe = await ProbeHost.StartAsync();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(probe, CloudEvent.PadRight(1024 * 1024 + 1))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(probe, CloudEvent.PadRight(1024 * 1024))).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("3")]
    [InlineData("""{"specversion":"1.0"}""")]
    [InlineData("""[{"id":"1"}]""")]
    [InlineData("""[null]""")]
    [InlineData("""{"specversion":"1.0","id":"\ud800","type":"t","source":"/s"}""")]
    [InlineData("""[{"id":"1","eventType":"t","subject":"\ud800"}]""")]
    [InlineData("""[{"id":"1","id":"2","eventType":"t"}]""")]
    public async Task Malformed_events_are_a_400_so_that_they_are_not_retried(string body)
    {
        await using var probe = await ProbeHost.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(probe, body)).StatusCode);
        Assert.Empty(probe.Log.Calls);
    }

    [Fact]
    public async Task The_event_endpoint_wants_its_key_and_a_function_that_it_knows()
    {
        await using var probe = await ProbeHost.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(probe, CloudEvent, key: probe.Host.Keys.Function)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(probe, CloudEvent, function: "Open")).StatusCode);
        Assert.Empty(probe.Log.Calls);
    }

    [Fact]
    public async Task Both_handshakes_are_answered()
    {
        await using var probe = await ProbeHost.StartAsync();
        using var options = new HttpRequestMessage(HttpMethod.Options, probe.Host.EventEndpoint("Receive"));
        options.Headers.Add("aeg-sas-key", probe.Host.Keys.EventGrid);
        options.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");

        var agreed = await probe.Client.SendAsync(options, Cancellation);
        var echoed = await SendAsync(
            probe, """[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6"}}]""", eventType: "SubscriptionValidation");

        Assert.Equal(["eventgrid.azure.net"], agreed.Headers.GetValues("WebHook-Allowed-Origin"));
        Assert.Equal("""{"validationResponse":"512d38b6"}""", await echoed.Content.ReadAsStringAsync(Cancellation));
        Assert.Empty(probe.Log.Calls);
    }

    [Fact]
    public async Task Timers_run_at_their_times_and_not_between()
    {
        var time = new TimerWatch(new DateTimeOffset(2026, 11, 22, 10, 1, 0, TimeSpan.Zero), TimeSpan.FromSeconds(270));
        await using var probe = await ProbeHost.StartAsync(time);
        // A host has started before its background work has: a clock that is moved earlier is moved unseen.
        await time.IsSet.WaitAsync(Cancellation);

        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Empty(probe.Log.Calls);
        time.Advance(TimeSpan.FromSeconds(30));
        await probe.Log.TimerRuns.WaitAsync(Cancellation);

        Assert.Equal(["tick pastDue=False"], probe.Log.Calls);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        ProbeHost probe, string body, string function = "Receive", string? key = null, string eventType = "Notification")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, probe.Host.EventEndpoint(function));
        request.Headers.Add("aeg-sas-key", key ?? probe.Host.Keys.EventGrid);
        request.Headers.Add("aeg-event-type", eventType);
        request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/cloudevents-batch+json"));
        return await probe.Client.SendAsync(request, Cancellation);
    }
}
