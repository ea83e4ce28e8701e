using System.Globalization;
using System.Runtime.CompilerServices;
using GoTemplate.Formatting;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Writes values as Go's json.Marshal does: sorted keys, its own escapes and number forms.</summary>
internal sealed class JsonText(Output output, bool escapeHtml, bool indented)
{
    public void Write(object? value, int depth)
    {
        output.CheckLimit();
        switch (value)
        {
            case null or NoValue or IGoObject { IsNil: true }:
                output.Append("null");
                return;
            case string text:
                String(text);
                return;
            case bool truth:
                output.Append(truth ? "true" : "false");
                return;
            case double number:
                Number(number);
                return;
            case byte[] bytes:
                String(Convert.ToBase64String(bytes));
                return;
            case DateTimeOffset time:
                String(GoTime.Format(time, "2006-01-02T15:04:05.999999999Z07:00"));
                return;
        }

        if (GoValue.TryInteger(value, out var i)) output.Append(i);
        else if (GoValue.TryUnsigned(value, out var u)) output.Append(u.ToString(CultureInfo.InvariantCulture));
        else if (GoValue.TryFloat(value, out var f)) Number(f);
        else if (value is IGoObject { Underlying: string named }) String(named);
        else if (GoMap.Is(value)) Map(value, depth);
        else if (value is not IGoObject && GoList.Is(value)) List(value, depth);
        else throw new FunctionException($"json: unsupported type: {GoType.NameOf(value)}");
    }

    private void Map(object map, int depth)
    {
        Enter();
        var entries = GoMap.Sorted(map);
        if (entries.Length == 0)
        {
            output.Append("{}");
            return;
        }

        output.Append('{');
        for (var i = 0; i < entries.Length; i++)
        {
            if (i > 0) output.Append(',');
            Line(depth + 1);
            String(Printer.Sprint(entries[i].Key));
            output.Append(indented ? ": " : ":");
            Write(entries[i].Value, depth + 1);
        }

        Line(depth);
        output.Append('}');
    }

    private void List(object list, int depth)
    {
        Enter();
        var count = GoList.Count(list);
        if (count == 0)
        {
            output.Append("[]");
            return;
        }

        output.Append('[');
        for (var i = 0; i < count; i++)
        {
            if (i > 0) output.Append(',');
            Line(depth + 1);
            Write(GoList.At(list, i), depth + 1);
        }

        Line(depth);
        output.Append(']');
    }

    private static void Enter()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new LimitException("value nests too deeply");
    }

    private void Line(int depth)
    {
        if (!indented) return;
        output.Append('\n');
        output.Append(' ', depth * 2);
    }

    private void Number(double number)
    {
        if (!double.IsFinite(number)) throw new FunctionException("json: unsupported value: " + FloatText.Format(number, 'g', -1));
        var magnitude = Math.Abs(number);
        if (magnitude != 0 && magnitude is < 1e-6 or >= 1e21)
        {
            // Go writes e-7, not e-07.
            output.Append(FloatText.Format(number, 'e', -1).Replace("e-0", "e-", StringComparison.Ordinal));
            return;
        }

        output.Append(FloatText.Format(number, 'f', -1));
    }

    private void String(string text)
    {
        output.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '"': output.Append("\\\""); break;
                case '\\': output.Append("\\\\"); break;
                case '\n': output.Append("\\n"); break;
                case '\r': output.Append("\\r"); break;
                case '\t': output.Append("\\t"); break;
                case '\b': output.Append("\\b"); break;
                case '\f': output.Append("\\f"); break;
                case < ' ' or '\u2028' or '\u2029': Escape(c); break;
                case '<' or '>' or '&' when escapeHtml: Escape(c); break;
                case var _ when char.IsSurrogate(c):
                    if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
                    {
                        output.Append(c);
                        output.Append(text[++i]);
                    }
                    else
                    {
                        output.Append("\\ufffd");
                    }

                    break;
                default: output.Append(c); break;
            }
        }

        output.Append('"');
    }

    private void Escape(char c)
    {
        output.Append("\\u");
        output.Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
    }
}
