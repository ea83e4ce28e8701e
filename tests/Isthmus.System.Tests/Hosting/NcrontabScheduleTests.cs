using System.Globalization;
using CsCheck;
using Isthmus.Cli.Hosting;
using Xunit;

namespace Isthmus.System.Tests.Hosting;

public sealed class NcrontabScheduleTests
{
    [Theory]
    [InlineData("0 */5 * * * *", "2026-11-22T10:01:00", "2026-11-22T10:05:00")]
    [InlineData("0 */5 * * * *", "2026-11-22T10:05:00", "2026-11-22T10:10:00")]
    [InlineData("30 4/20 * * * *", "2026-11-22T10:05:00", "2026-11-22T10:24:30")]
    [InlineData("0 0 9-17 * * MON-FRI", "2026-11-20T17:00:00", "2026-11-23T09:00:00")]
    [InlineData("0 30 2 29 Feb *", "2026-11-22T00:00:00", "2028-02-29T02:30:00")]
    [InlineData("0 0 0 13 * Friday", "2026-11-14T00:00:00", "2027-08-13T00:00:00")]
    [InlineData("15 3 * * *", "2026-11-22T10:00:00", "2026-11-23T03:15:00")]
    public void Finds_the_next_time(string expression, string after, string expected)
    {
        Assert.True(NcrontabSchedule.TryParse(expression, out var schedule));

        Assert.Equal(Utc(expected), schedule.Next(Utc(after)));
    }

    [Fact]
    public void Thirtieth_of_february_never_comes()
    {
        Assert.True(NcrontabSchedule.TryParse("0 0 0 30 2 *", out var schedule));

        Assert.Null(schedule.Next(Utc("2026-01-01T00:00:00")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * *")]
    [InlineData("60 * * * * *")]
    [InlineData("0 5-1 * * * *")]
    [InlineData("0 */0 * * * *")]
    [InlineData("0 1-2-3 * * * *")]
    [InlineData("0 0 0 * Foo *")]
    [InlineData("0 0 0 0 * *")]
    [InlineData("1,,2 * * * * *")]
    public void Refuses_what_is_no_schedule(string expression) => Assert.False(NcrontabSchedule.TryParse(expression, out _));

    [Fact]
    public void Agrees_with_walking_second_by_second() =>
        Gen.Select(Gen.Int[0, 59], Gen.Int[1, 20], Gen.Int[0, 23], Gen.Int[0, 7200]).Sample((second, step, hour, offset) =>
        {
            Assert.True(NcrontabSchedule.TryParse($"{second} */{step} {hour},{(hour + 1) % 24} * * *", out var schedule));
            var start = Utc("2026-11-22T00:00:00").AddHours(hour).AddSeconds(offset);
            var walked = start.AddSeconds(1);
            while (walked.Second != second || walked.Minute % step != 0 || (walked.Hour != hour && walked.Hour != (hour + 1) % 24))
                walked = walked.AddSeconds(1);

            Assert.Equal(walked, schedule.Next(start));
        }, iter: 200);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
