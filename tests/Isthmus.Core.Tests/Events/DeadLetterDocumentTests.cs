using Isthmus.Core.Events;
using Xunit;

namespace Isthmus.Core.Tests.Events;

public sealed class DeadLetterDocumentTests
{
    private const string Document = """
        [
          {"id":"1","topic":"/t","subject":"a","eventType":"Microsoft.KeyVault.SecretExpired","eventTime":"2026-11-24T08:00:00Z","data":{},"dataVersion":"1","metadataVersion":"1",
           "deadLetterReason":"MaxDeliveryAttemptsExceeded","deliveryAttempts":30,"lastDeliveryOutcome":"InternalServerError","publishTime":"2026-11-24T08:00:01Z","lastDeliveryAttemptTime":"2026-11-24T20:00:00Z"},
          {"specversion":"1.0","id":"2","source":"/s","type":"dev.isthmus.service.changed","subject":"shop/reviews","data":{"cluster":"west"},
           "deadletterreason":"TimeToLiveExceeded","deliveryattempts":7,"lastdeliveryoutcome":"TimedOut","publishtime":"2026-11-24T08:00:01Z","isthmusreplayedat":"2026-11-25T00:00:00Z"},
          {"id":"3"}
        ]
        """;

    [Fact]
    public void Reads_both_schemas_and_what_event_grid_adds()
    {
        var letters = Read(Document).Letters;

        Assert.Equal(
            [("MaxDeliveryAttemptsExceeded", 30, "InternalServerError", false), ("TimeToLiveExceeded", 7, "TimedOut", true), (null, null, null, false)],
            letters.Select(letter => (letter.Reason, letter.Attempts, letter.LastOutcome, letter.IsReplayed)));
        Assert.Equal([At(24, 20, 0), At(24, 8, 1), null], letters.Select(letter => letter.At));
        Assert.Equal(["1", "2", null], letters.Select(letter => letter.Received?.Id));
        Assert.Contains("neither", letters[2].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_out_again_is_what_was_published()
    {
        var letters = Read(Document).Letters;

        Assert.Equal(["id", "topic", "subject", "eventType", "eventTime", "data", "dataVersion", "metadataVersion"], letters[0].Original.Select(field => field.Key));
        Assert.Equal(["specversion", "id", "source", "type", "subject", "data"], letters[1].Original.Select(field => field.Key));
    }

    [Fact]
    public void A_cloud_event_without_its_version_as_Azure_documents_dead_letters_goes_out_with_it()
    {
        var letter = Assert.Single(Read("""
            [{"id":"2","source":"/s","dataversion":"1.0","subject":"shop/reviews","type":"dev.isthmus.service.changed","datacontenttype":"application/json","data":{"cluster":"west"},
              "deadletterreason":"MaxDeliveryAttemptsExceeded","deliveryattempts":1,"lastdeliveryoutcome":"NotFound","publishtime":"2026-11-24T08:00:01Z"}]
            """).Letters);

        Assert.Equal(("dev.isthmus.service.changed", "NotFound"), (letter.Received?.Type, letter.LastOutcome));
        Assert.Equal("1.0", letter.Original["specversion"]?.ToString());
    }

    [Fact]
    public void A_mark_changes_nothing_else_and_is_read_back()
    {
        var marked = Read(Read(Document).Marked(new HashSet<int> { 0 }, At(25, 9, 0)));

        Assert.Equal([true, true, false], marked.Letters.Select(letter => letter.IsReplayed));
        Assert.Equal(Read(Document).Letters.Select(letter => letter.Original.ToJsonString()), marked.Letters.Select(letter => letter.Original.ToJsonString()));
        Assert.Equal(Read(Document).Letters.Select(letter => letter.Reason), marked.Letters.Select(letter => letter.Reason));
    }

    [Fact]
    public void Taken_out_events_leave_the_others_and_the_last_one_nothing()
    {
        Assert.Equal(["2", null], Read(Read(Document).Without(new HashSet<int> { 0 }) ?? "").Letters.Select(letter => letter.Received?.Id));
        Assert.Null(Read(Document).Without(new HashSet<int> { 0, 1, 2 }));
    }

    [Fact]
    public void A_single_event_is_a_document_too() => Assert.Equal("1", Assert.Single(Read("""{"id":"1","eventType":"t"}""").Letters).Received?.Id);

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("3")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("""[{"id":"1","id":"2"}]""")]
    public void Anything_else_is_none(string text)
    {
        Assert.False(DeadLetterDocument.TryParse(text, out _, out var reason));
        Assert.NotEmpty(reason);
    }

    private static DateTimeOffset At(int day, int hour, int second) => new(2026, 11, day, hour, 0, second, TimeSpan.Zero);

    private static DeadLetterDocument Read(string text) =>
        DeadLetterDocument.TryParse(text, out var document, out var reason) ? document : throw new InvalidOperationException(reason);
}
