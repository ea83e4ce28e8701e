using Isthmus.Core.Events;
using Xunit;

namespace Isthmus.Core.Tests.Events;

public sealed class ReceivedEventTests
{
    [Fact]
    public void Reads_the_event_grid_schema()
    {
        Assert.True(ReceivedEvent.TryParse(
            """{"id":"1","topic":"/subscriptions/s","subject":"a","eventType":"t","eventTime":"2026-11-24T09:00:00Z","data":{"x":1},"dataVersion":"1","metadataVersion":"1"}""",
            out var received, out _));

        Assert.Equal(("1", "t", "/subscriptions/s", "a"), (received.Id, received.Type, received.Source, received.Subject));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), received.Time);
        Assert.Equal("""{"x":1}""", received.Data?.ToJsonString());
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"x":1}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"application/json","data_base64":"eyJ4IjoxfQ=="}""")]
    public void Reads_cloud_events_with_json_and_with_binary_data(string text)
    {
        Assert.True(ReceivedEvent.TryParse(text, out var received, out _));

        Assert.Equal(("1", "t", "/s", null, null), (received.Id, received.Type, received.Source, received.Subject, received.Time));
        Assert.Equal("""{"x":1}""", received.Data?.ToJsonString());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "no JSON object")]
    [InlineData("null", "no JSON object")]
    [InlineData("""{"specversion":"9.9","id":"1","source":"/s","type":"t"}""", "specversion is not 1.0")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"t"}""", "lacks id, type or source")]
    [InlineData("""{"specversion":"1.0","id":"","source":"/s","type":"t"}""", "lacks id, type or source")]
    [InlineData("""{"specversion":"1.0","id":5,"source":"/s","type":"t"}""", "lacks id, type or source")]
    [InlineData("""{"id":"1"}""", "neither specversion")]
    [InlineData("""{"id":"1","id":"2","eventType":"t"}""", "")]
    [InlineData("""{"id":"1","eventType":"\ud800"}""", "surrogate")]
    public void Says_why_a_text_is_no_event(string text, string expected)
    {
        Assert.False(ReceivedEvent.TryParse(text, out _, out var reason));
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no base 64")]
    [InlineData("bm8ganNvbg==")]
    public void Binary_data_that_is_no_json_is_none(string encoded)
    {
        Assert.True(ReceivedEvent.TryParse($$"""{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"{{encoded}}"}""", out var received, out _));
        Assert.Null(received.Data);
    }
}
