using System.Globalization;

namespace GoTemplate.Formatting;

/// <summary>Reads a time by a Go layout, once.</summary>
internal sealed class GoTimeParser(string text, TimeZoneInfo zone)
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private int _at;
    private int _year = 1;
    private int _month = 1;
    private int _day = 1;
    private int _hour;
    private int _minute;
    private int _second;
    private long _ticks;
    private bool? _afternoon;
    private TimeSpan? _offset;

    public DateTimeOffset? Run(string layout)
    {
        for (var i = 0; i < layout.Length;)
        {
            var element = GoTime.Next(layout, i);
            if (element.Length == 0)
            {
                if (_at >= text.Length || text[_at] != layout[i]) return null;
                _at++;
                i++;
                continue;
            }

            if (!Read(element)) return null;
            i += element.Length;
        }

        return _at == text.Length ? Result() : null;
    }

    private DateTimeOffset? Result()
    {
        if (_afternoon == true && _hour < 12) _hour += 12;
        if (_afternoon == false && _hour == 12) _hour = 0;
        if (_year is < 1 or > 9999 || _month is < 1 or > 12 || _day < 1 || _day > DateTime.DaysInMonth(_year, _month)
            || _hour > 23 || _minute > 59 || _second > 59) return null;
        var local = new DateTime(_year, _month, _day, _hour, _minute, _second, DateTimeKind.Unspecified).AddTicks(_ticks);
        var offset = _offset ?? zone.GetUtcOffset(local);
        return Math.Abs(offset.TotalHours) > 14 || (local - offset) is { Year: < 1 } ? null : Safe(local, offset);
    }

    private static DateTimeOffset? Safe(DateTime local, TimeSpan offset) =>
        local.Ticks - offset.Ticks < DateTime.MinValue.Ticks || local.Ticks - offset.Ticks > DateTime.MaxValue.Ticks
            ? null
            : new DateTimeOffset(local, offset);

    private bool Read(string element)
    {
        switch (element)
        {
            case "January": return Name(Culture.DateTimeFormat.MonthNames, out _month, 1);
            case "Jan": return Name(Culture.DateTimeFormat.AbbreviatedMonthNames, out _month, 1);
            case "Monday": return Name(Culture.DateTimeFormat.DayNames, out _, 0);
            case "Mon": return Name(Culture.DateTimeFormat.AbbreviatedDayNames, out _, 0);
            case "2006": return Digits(4, 4, out _year);
            case "06":
                if (!Digits(2, 2, out _year)) return false;
                _year += _year >= 69 ? 1900 : 2000;
                return true;
            case "01": return Digits(2, 2, out _month);
            case "1": return Digits(1, 2, out _month);
            case "02": return Digits(2, 2, out _day);
            case "_2":
                if (_at < text.Length && text[_at] == ' ') _at++;
                return Digits(1, 2, out _day);
            case "2": return Digits(1, 2, out _day);
            case "15": return Digits(1, 2, out _hour);
            case "03": return Digits(2, 2, out _hour);
            case "3": return Digits(1, 2, out _hour);
            case "04": return Digits(2, 2, out _minute);
            case "4": return Digits(1, 2, out _minute);
            case "05": return Digits(2, 2, out _second) && OptionalFraction();
            case "5": return Digits(1, 2, out _second) && OptionalFraction();
            case "PM" or "pm": return HalfDay();
            case "MST": return ZoneName();
            default: return element[0] is '.' or ',' ? OptionalFraction() || element[1] == '9' : Offset(element);
        }
    }

    private bool Digits(int least, int most, out int value)
    {
        var start = _at;
        while (_at < text.Length && _at - start < most && char.IsAsciiDigit(text[_at])) _at++;
        return int.TryParse(text.AsSpan(start, _at - start), NumberStyles.None, Culture, out value) && _at - start >= least;
    }

    private bool OptionalFraction()
    {
        if (_at + 1 >= text.Length || text[_at] is not ('.' or ',') || !char.IsAsciiDigit(text[_at + 1])) return true;
        var start = ++_at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        _ticks = long.Parse(text[start.._at].PadRight(7, '0').AsSpan(0, 7), NumberStyles.None, Culture);
        return true;
    }

    private bool Name(string[] names, out int value, int first)
    {
        value = first;
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i].Length == 0 || !text.AsSpan(_at).StartsWith(names[i], StringComparison.OrdinalIgnoreCase)) continue;
            _at += names[i].Length;
            value = i + first;
            return true;
        }

        return false;
    }

    private bool HalfDay()
    {
        var word = text.AsSpan(_at);
        _afternoon = word.StartsWith("PM", StringComparison.OrdinalIgnoreCase);
        _at += 2;
        return _afternoon == true || word.StartsWith("AM", StringComparison.OrdinalIgnoreCase);
    }

    private bool ZoneName()
    {
        var start = _at;
        while (_at < text.Length && char.IsAsciiLetterUpper(text[_at])) _at++;
        var name = text[start.._at];
        if (name.Length is < 3 or > 5) return false;
        // Go gives an abbreviation that it does not know in the location the offset zero.
        _offset ??= TimeSpan.Zero;
        return true;
    }

    private bool Offset(string element)
    {
        if (element[0] == 'Z' && _at < text.Length && text[_at] == 'Z')
        {
            _at++;
            _offset = TimeSpan.Zero;
            return true;
        }

        if (_at >= text.Length || text[_at] is not ('+' or '-')) return false;
        var negative = text[_at++] == '-';
        int minutes = 0, seconds = 0;
        if (!Digits(2, 2, out var hours)) return false;
        var colon = element.Contains(':', StringComparison.Ordinal);
        var parts = element.Count(char.IsAsciiDigit) / 2;
        if (parts > 1 && (!Colon(colon) || !Digits(2, 2, out minutes))) return false;
        if (parts > 2 && (!Colon(colon) || !Digits(2, 2, out seconds))) return false;
        if (hours > 24 || minutes > 59 || seconds > 59) return false;
        // .NET's offsets are whole minutes.
        _offset = new TimeSpan(hours, minutes, 0) * (negative ? -1 : 1);
        return true;
    }

    private bool Colon(bool wanted)
    {
        if (!wanted) return true;
        if (_at >= text.Length || text[_at] != ':') return false;
        _at++;
        return true;
    }
}
