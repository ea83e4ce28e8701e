using System.Globalization;
using GoTemplate.Formatting;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's dates. "Local" is the zone of the given clock; .NET has no zone abbreviations, so MST prints an offset but for UTC.</summary>
internal static class Dates
{
    private const string HtmlLayout = "2006-01-02";
    private const long Hour = 3_600_000_000_000;

    public static Function[] Create(SprigOptions options)
    {
        var clock = options.TimeProvider;
        return
        [
            Function.Create("now()", _ => clock.GetLocalNow()),
            Function.Create("ago(any)", a => Ago(clock, a[0])),
            Function.Create("date(string,any)", a => InZone(clock, a.String(0), a[1], "Local")),
            Function.Create("dateInZone(string,any,string)", a => InZone(clock, a.String(0), a[1], a.String(2))),
            Function.Create("date_in_zone(string,any,string)", a => InZone(clock, a.String(0), a[1], a.String(2))),
            Function.Create("htmlDate(any)", a => InZone(clock, HtmlLayout, a[0], "Local")),
            Function.Create("htmlDateInZone(any,string)", a => InZone(clock, HtmlLayout, a[0], a.String(1))),
            Function.Create("dateModify(string,time)", a => Modify(a, false)),
            Function.Create("date_modify(string,time)", a => Modify(a, false)),
            Function.Create("mustDateModify(string,time)", a => Modify(a, true)),
            Function.Create("must_date_modify(string,time)", a => Modify(a, true)),
            Function.Create("toDate(string,string)", a => GoTime.Parse(a.String(0), a.String(1), clock.LocalTimeZone) ?? default(DateTimeOffset)),
            Function.Create("mustToDate(string,string)", a => GoTime.Parse(a.String(0), a.String(1), clock.LocalTimeZone) ?? throw CannotParse(a)),
            Function.Create("unixEpoch(time)", a => Time(clock, a[0]).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            Function.Create("duration(any)", a => Duration(a[0])),
            Function.Create("durationRound(any)", a => DurationRound(clock, a[0])),
        ];
    }

    private static FunctionException CannotParse(Arguments a) =>
        new($"parsing time {Quoting.Quote(a.String(1))} as {Quoting.Quote(a.String(0))}: cannot parse {Quoting.Quote(a.String(1))} as {Quoting.Quote(a.String(0))}");

    /// <summary>A time, or seconds since 1970; anything else means now.</summary>
    private static DateTimeOffset Time(TimeProvider clock, object? value) => value switch
    {
        DateTimeOffset time => time,
        long seconds => FromUnix(seconds),
        nint seconds => FromUnix(seconds),
        int seconds => FromUnix(seconds),
        _ => clock.GetUtcNow(),
    };

    private static DateTimeOffset FromUnix(long seconds) => seconds is >= -62_135_596_800 and <= 253_402_300_799
        ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : throw new FunctionException("time is outside of the years 1 to 9999");

    private static string InZone(TimeProvider clock, string layout, object? value, string name)
    {
        var time = Time(clock, value);
        var zone = name switch
        {
            "Local" => clock.LocalTimeZone,
            "" or "UTC" => TimeZoneInfo.Utc,
            _ => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : TimeZoneInfo.Utc,
        };
        return GoTime.Format(TimeZoneInfo.ConvertTime(time, zone), layout);
    }

    private static DateTimeOffset Modify(Arguments a, bool must)
    {
        var time = a[1] is DateTimeOffset given ? given : default;
        if (GoDuration.Parse(a.String(0)) is not { } nanoseconds)
            return must ? throw new FunctionException($"time: invalid duration {Quoting.Quote(a.String(0))}") : time;
        var ticks = (Int128)time.Ticks + (nanoseconds / 100);
        if (ticks < DateTime.MinValue.Ticks + TimeSpan.TicksPerDay || ticks > DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay)
            throw new FunctionException("time is outside of the years 1 to 9999");
        return time.AddTicks(nanoseconds / 100);
    }

    private static string Ago(TimeProvider clock, object? value)
    {
        var seconds = Math.Round((clock.GetUtcNow() - Time(clock, value)).TotalSeconds, MidpointRounding.AwayFromZero);
        return GoDuration.Text((long)Math.Clamp(seconds * 1e9, -9.2e18, 9.2e18));
    }

    /// <summary>Seconds, as text or int64 only: Sprig takes any other number for 0.</summary>
    private static string Duration(object? value)
    {
        var seconds = value switch
        {
            long n => n,
            string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) => n,
            _ => 0,
        };
        return GoDuration.Text(unchecked(seconds * 1_000_000_000));
    }

    private static string DurationRound(TimeProvider clock, object? value)
    {
        var nanoseconds = value switch
        {
            string text => GoDuration.Parse(text) ?? 0,
            long n => n,
            TimeSpan span => GoValue.Nanoseconds(span),
            DateTimeOffset time => GoValue.Nanoseconds(clock.GetUtcNow() - time),
            _ => 0,
        };
        var n128 = Int128.Abs(nanoseconds);
        foreach (var (unit, name) in new[] { (Hour * 24 * 365, "y"), (Hour * 24 * 30, "mo"), (Hour * 24, "d"), (Hour, "h"), (Hour / 60, "m"), (Hour / 3600, "s") })
        {
            if (n128 > unit) return (n128 / unit).ToString(CultureInfo.InvariantCulture) + name;
        }

        return "0s";
    }
}
