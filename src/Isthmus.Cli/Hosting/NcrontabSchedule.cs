using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isthmus.Cli.Hosting;

/// <summary>
/// An NCRONTAB expression as Azure Functions reads it: second, minute, hour, day, month, day of week (0 = Sunday), in UTC; five
/// fields mean second 0. Day and day of week must both match: unlike in Unix cron, a restricted one does not widen the other.
/// </summary>
internal sealed class NcrontabSchedule
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly int[] _seconds;
    private readonly int[] _minutes;
    private readonly int[] _hours;
    private readonly int[] _days;
    private readonly int[] _months;
    private readonly int[] _daysOfWeek;

    private NcrontabSchedule(int[][] fields) =>
        (_seconds, _minutes, _hours, _days, _months, _daysOfWeek) = (fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);

    public static bool TryParse(string expression, [NotNullWhen(true)] out NcrontabSchedule? schedule)
    {
        schedule = null;
        var parts = expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 5)
            parts = ["0", .. parts];
        if (parts.Length != 6)
            return false;
        int[]?[] fields =
        [
            Field(parts[0], 0, 59, []), Field(parts[1], 0, 59, []), Field(parts[2], 0, 23, []),
            Field(parts[3], 1, 31, []), Field(parts[4], 1, 12, Months), Field(parts[5], 0, 6, Days),
        ];
        var complete = fields.OfType<int[]>().ToArray();
        if (complete.Length != fields.Length)
            return false;
        schedule = new NcrontabSchedule(complete);
        return true;
    }

    /// <summary>The first occurrence after <paramref name="instant"/>; null when there is none within eight years (30 February).</summary>
    public DateTimeOffset? Next(DateTimeOffset instant)
    {
        var from = instant.ToUniversalTime();
        // Eight years hold a 29 February even across a century that is no leap year.
        for (var (day, last) = (from.Date, from.Date.AddYears(8)); day <= last; day = day.AddDays(1))
        {
            if (_months.Contains(day.Month) && _days.Contains(day.Day) && _daysOfWeek.Contains((int)day.DayOfWeek)
                && FirstOn(new DateTimeOffset(day, TimeSpan.Zero), from) is { } found)
                return found;
        }

        return null;
    }

    private DateTimeOffset? FirstOn(DateTimeOffset day, DateTimeOffset after)
    {
        foreach (var hour in _hours)
        {
            if (day.AddHours(hour + 1) <= after)
                continue;
            foreach (var minute in _minutes)
            {
                foreach (var second in _seconds)
                {
                    var candidate = day.AddHours(hour).AddMinutes(minute).AddSeconds(second);
                    if (candidate > after)
                        return candidate;
                }
            }
        }

        return null;
    }

    private static int[]? Field(string text, int min, int max, string[] names)
    {
        var values = new SortedSet<int>();
        foreach (var item in text.Split(','))
        {
            if (!AddItem(values, item, min, max, names))
                return null;
        }

        return [.. values];
    }

    private static bool AddItem(SortedSet<int> values, string item, int min, int max, string[] names)
    {
        var (range, step) = item.Split('/') switch
        {
            [var whole] => (whole, 1),
            [var whole, var every] when int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 => (whole, n),
            _ => ("", 0),
        };
        if (Bounds(range, step, item.Contains('/', StringComparison.Ordinal), min, max, names) is not var (low, high) || step == 0)
            return false;
        for (var value = low; value <= high; value += step)
            values.Add(value);
        return true;
    }

    private static (int Low, int High)? Bounds(string range, int step, bool stepped, int min, int max, string[] names)
    {
        if (step == 0)
            return null;
        if (range == "*")
            return (min, max);
        var ends = range.Split('-');
        if (ends.Length > 2 || Value(ends[0], min, max, names) is not { } low)
            return null;
        // "5/10" counts from five to the end of the field.
        if (ends.Length == 1)
            return (low, stepped ? max : low);
        return Value(ends[1], min, max, names) is { } high && low <= high ? (low, high) : null;
    }

    private static int? Value(string text, int min, int max, string[] names)
    {
        var named = Array.FindIndex(names, name => text.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        if (named >= 0)
            return named + min;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : null;
    }
}
