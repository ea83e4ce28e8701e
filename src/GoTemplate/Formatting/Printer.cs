using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using GoTemplate.Values;

namespace GoTemplate.Formatting;

/// <summary>Go's fmt: prints any value by a verb. Scalars are laid out in <see cref="ScalarFormat"/>.</summary>
internal sealed class Printer(Output output)
{
    private const int DefaultLimit = 1 << 20;
    private bool _reporting;

    public Flags Flags = Flags.None;

    public Output Output => output;

    /// <summary>One value by one verb without flags.</summary>
    public static string Format(char verb, object? value, int limit = DefaultLimit)
    {
        using var output = new Output(limit);
        new Printer(output).Print(value, verb);
        return output.ToString();
    }

    /// <summary>fmt.Sprint of one value.</summary>
    public static string Sprint(object? value, int limit = DefaultLimit) => value as string ?? Format('v', value, limit);

    /// <summary>Prints by a verb: a nil of its own is <c>&lt;nil&gt;</c> for %v and %T, an error for any other verb.</summary>
    public void Print(object? value, int verb)
    {
        if (value is NoValue) value = null;
        if (value is null)
        {
            if (verb is 'v' or 'T') ScalarFormat.Pad(this, "<nil>");
            else BadVerb(null, verb);
            return;
        }

        if (verb == 'T')
        {
            ScalarFormat.Text(this, GoType.NameOf(value));
            return;
        }

        Value(value, verb, 0);
        output.CheckLimit();
    }

    public void BadVerb(object? value, int verb)
    {
        _reporting = true;
        output.Append("%!");
        output.Append(ScalarFormat.RuneText(verb));
        output.Append('(');
        if (value is null)
        {
            output.Append("<nil>");
        }
        else
        {
            output.Append(GoType.NameOf(value));
            output.Append('=');
            Value(value, 'v', 0);
        }

        output.Append(')');
        _reporting = false;
    }

    private void Value(object? value, int verb, int depth)
    {
        switch (value)
        {
            case null:
                if (Flags.SharpV) output.Append("interface {}(nil)");
                else output.Append("<nil>");
                break;
            case string text:
                String(text, verb, value);
                break;
            case bool truth:
                if (verb is 't' or 'v') ScalarFormat.Pad(this, truth ? "true" : "false");
                else BadVerb(value, verb);
                break;
            case double number:
                Float(number, 64, verb, value);
                break;
            case float number:
                Float(number, 32, verb, value);
                break;
            case Complex complex:
                Complex128(complex, verb);
                break;
            case NoValue:
                output.Append("<nil>");
                break;
            default:
                Composite(value, verb, depth);
                break;
        }
    }

    private void Composite(object value, int verb, int depth)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new LimitException("value nests too deeply");
        if (!_reporting && !Flags.SharpV && verb is 'v' or 's' or 'x' or 'X' or 'q' && Stringer(value) is { } own) String(own, verb, value);
        else if (value is IGoObject { Underlying: { } basic }) Value(basic, verb, depth);
        else if (GoMap.Is(value)) Map(value, verb, depth);
        else if (value is byte[] bytes && verb is 's' or 'q' or 'x' or 'X') Bytes((byte[])value, verb);
        else if (GoList.Is(value)) List(value, verb, depth);
        else if (GoValue.TryInteger(value, out var signed)) ScalarFormat.Integer(this, value, signed < 0 ? 0 - (ulong)signed : (ulong)signed, signed < 0, true, verb);
        else if (GoValue.TryUnsigned(value, out var unsigned)) ScalarFormat.Integer(this, value, unsigned, false, false, verb);
        else if (value is IGoObject { IsNil: true }) ScalarFormat.Pad(this, "<nil>");
        else ScalarFormat.Pad(this, value is IGoObject o ? "{" + o + "}" : value.ToString() ?? "");
    }

    private static string? Stringer(object value) => value switch
    {
        IGoObject o => o.TryCallMethod("String", [], out var text) ? text as string : null,
        TimeSpan duration => GoDuration.Text(GoValue.Nanoseconds(duration)),
        DateTimeOffset time => GoTime.Format(time, GoTime.Default),
        Enum named => named.ToString(),
        _ => null,
    };

    private void String(string text, int verb, object value)
    {
        switch (verb)
        {
            case 'v' when Flags.SharpV:
            case 'q':
                ScalarFormat.Quoted(this, text);
                break;
            case 'v' or 's':
                ScalarFormat.Text(this, text);
                break;
            case 'x' or 'X':
                ScalarFormat.Hex(this, Encoding.UTF8.GetBytes(text), verb == 'X');
                break;
            default:
                BadVerb(value, verb);
                break;
        }
    }

    private void Bytes(byte[] bytes, int verb)
    {
        if (verb is 'x' or 'X') ScalarFormat.Hex(this, bytes, verb == 'X');
        else String(Encoding.UTF8.GetString(bytes), verb, bytes);
    }

    private void Float(double number, int bits, int verb, object value)
    {
        switch (verb)
        {
            case 'v':
                ScalarFormat.Float(this, number, bits, 'g', -1);
                break;
            case 'b' or 'g' or 'G' or 'x' or 'X':
                ScalarFormat.Float(this, number, bits, (char)verb, -1);
                break;
            case 'f' or 'F' or 'e' or 'E':
                ScalarFormat.Float(this, number, bits, verb == 'F' ? 'f' : (char)verb, 6);
                break;
            default:
                BadVerb(value, verb);
                break;
        }
    }

    private void Complex128(Complex value, int verb)
    {
        if (verb is not ('v' or 'b' or 'g' or 'G' or 'x' or 'X' or 'f' or 'F' or 'e' or 'E'))
        {
            BadVerb(value, verb);
            return;
        }

        var plus = Flags.Plus;
        output.Append('(');
        Float(value.Real, 64, verb, value);
        Flags.Plus = true;
        Float(value.Imaginary, 64, verb, value);
        output.Append("i)");
        Flags.Plus = plus;
    }

    private void Map(object map, int verb, int depth)
    {
        output.Append(Flags.SharpV ? GoType.NameOf(map) + "{" : "map[");
        var first = true;
        foreach (var (key, element) in GoMap.Sorted(map))
        {
            if (!first) output.Append(Flags.SharpV ? ", " : " ");
            first = false;
            Value(key, verb, depth + 1);
            output.Append(':');
            Value(element, verb, depth + 1);
            output.CheckLimit();
        }

        output.Append(Flags.SharpV ? '}' : ']');
    }

    private void List(object list, int verb, int depth)
    {
        if (Flags.SharpV) output.Append(GoType.NameOf(list));
        output.Append(Flags.SharpV ? '{' : '[');
        var count = GoList.Count(list);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) output.Append(Flags.SharpV ? ", " : " ");
            Value(GoList.At(list, i), verb, depth + 1);
            output.CheckLimit();
        }

        output.Append(Flags.SharpV ? '}' : ']');
    }
}
