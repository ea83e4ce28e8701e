using System.Text;
using GoTemplate.Values;

namespace GoTemplate.Formatting;

/// <summary>fmt.Sprintf, Sprint and Sprintln, with the errors that they print in place.</summary>
internal ref struct Sprintf(Output output, ReadOnlySpan<object?> args)
{
    private readonly Output _output = output;
    private readonly ReadOnlySpan<object?> _args = args;
    private readonly Printer _printer = new(output);
    private int _next;
    private bool _reordered;
    private bool _goodIndex;
    private bool _afterIndex;

    public void Run(string format)
    {
        var i = 0;
        while (i < format.Length)
        {
            var percent = format.IndexOf('%', i);
            if (percent < 0) percent = format.Length;
            _output.Append(format.AsSpan(i, percent - i));
            i = percent + 1;
            if (i > format.Length) break;
            if (!Verb(format, ref i)) break;
            _output.CheckLimit();
        }

        if (!_reordered && _next < _args.Length) Extra();
        _output.CheckLimit();
    }

    /// <summary>Blanks between operands when neither is a string.</summary>
    public static void Print(Output output, ReadOnlySpan<object?> args)
    {
        var printer = new Printer(output);
        for (var i = 0; i < args.Length; i++)
        {
            if (i > 0 && args[i] is not string && args[i - 1] is not string) output.Append(' ');
            printer.Print(args[i], 'v');
        }
    }

    /// <summary>Blanks between all operands and a line feed.</summary>
    public static void PrintLine(Output output, ReadOnlySpan<object?> args)
    {
        var printer = new Printer(output);
        for (var i = 0; i < args.Length; i++)
        {
            if (i > 0) output.Append(' ');
            printer.Print(args[i], 'v');
        }

        output.Append('\n');
    }

    private bool Verb(string format, ref int i)
    {
        _goodIndex = true;
        _afterIndex = false;
        _printer.Flags = Flags.None;
        ReadFlags(format, ref i);
        Index(format, ref i);
        ReadWidth(format, ref i);
        if (i + 1 <= format.Length && i < format.Length && format[i] == '.') ReadPrecision(format, ref i);
        if (!_afterIndex) Index(format, ref i);
        if (i >= format.Length)
        {
            _output.Append("%!(NOVERB)");
            return false;
        }

        Rune.DecodeFromUtf16(format.AsSpan(i), out var rune, out var width);
        i += width;
        Apply(rune.Value);
        return true;
    }

    private void Apply(int verb)
    {
        if (verb == '%')
        {
            _output.Append('%');
        }
        else if (!_goodIndex || _next >= _args.Length)
        {
            _output.Append("%!");
            _output.Append(ScalarFormat.RuneText(verb));
            _output.Append(_goodIndex ? "(MISSING)" : "(BADINDEX)");
        }
        else
        {
            ref var flags = ref _printer.Flags;
            if (verb == 'v')
            {
                (flags.SharpV, flags.Sharp) = (flags.Sharp, false);
                (flags.PlusV, flags.Plus) = (flags.Plus, false);
            }

            _printer.Print(_args[_next++], verb);
        }
    }

    private readonly void ReadFlags(string format, ref int i)
    {
        ref var flags = ref _printer.Flags;
        for (; i < format.Length; i++)
        {
            switch (format[i])
            {
                case '#': flags.Sharp = true; break;
                case '0': flags.Zero = true; break;
                case '+': flags.Plus = true; break;
                case '-': flags.Minus = true; break;
                case ' ': flags.Space = true; break;
                default: return;
            }
        }
    }

    private void ReadWidth(string format, ref int i)
    {
        ref var flags = ref _printer.Flags;
        if (i < format.Length && format[i] == '*')
        {
            i++;
            if (IntArgument() is not { } width) _output.Append("%!(BADWIDTH)");
            else if (width < 0) (flags.Width, flags.Minus, flags.Zero) = (-width, true, false);
            else flags.Width = width;
            _afterIndex = false;
        }
        else if (Number(format, ref i) is { } width)
        {
            flags.Width = width;
            if (_afterIndex) _goodIndex = false;
        }
    }

    private void ReadPrecision(string format, ref int i)
    {
        i++;
        if (_afterIndex) _goodIndex = false;
        Index(format, ref i);
        if (i < format.Length && format[i] == '*')
        {
            i++;
            if (IntArgument() is { } precision && precision >= 0) _printer.Flags.Precision = precision;
            else _output.Append("%!(BADPREC)");
            _afterIndex = false;
        }
        else
        {
            _printer.Flags.Precision = Number(format, ref i) ?? 0;
        }
    }

    /// <summary>An explicit argument index such as [2].</summary>
    private void Index(string format, ref int i)
    {
        _afterIndex = false;
        if (i >= format.Length || format[i] != '[') return;
        _reordered = true;
        var close = format.IndexOf(']', i);
        if (close < 0)
        {
            _goodIndex = false;
            i++;
            return;
        }

        var at = i + 1;
        var number = Number(format, ref at);
        i = close + 1;
        _afterIndex = number is not null && at == close;
        if (_afterIndex && number >= 1 && number <= _args.Length) _next = number.Value - 1;
        else _goodIndex = false;
    }

    private int? IntArgument()
    {
        if (_next >= _args.Length) return null;
        var value = _args[_next++];
        if (GoValue.TryInteger(value, out var n) || (GoValue.TryUnsigned(value, out var u) && (n = (long)u) >= 0))
            return n is <= 1_000_000 and >= -1_000_000 ? (int)n : null;
        return null;
    }

    private static int? Number(string format, ref int i)
    {
        int? result = null;
        for (; i < format.Length && char.IsAsciiDigit(format[i]); i++)
        {
            // Go gives up on widths beyond a million, and with them on the rest of the format.
            if (result > 1_000_000)
            {
                i = format.Length;
                return null;
            }

            result = ((result ?? 0) * 10) + (format[i] - '0');
        }

        return result;
    }

    private void Extra()
    {
        _printer.Flags = Flags.None;
        _output.Append("%!(EXTRA ");
        for (var i = _next; i < _args.Length; i++)
        {
            if (i > _next) _output.Append(", ");
            if (_args[i] is null or NoValue)
            {
                _output.Append("<nil>");
                continue;
            }

            _output.Append(GoType.NameOf(_args[i]));
            _output.Append('=');
            _printer.Print(_args[i], 'v');
        }

        _output.Append(')');
    }
}
