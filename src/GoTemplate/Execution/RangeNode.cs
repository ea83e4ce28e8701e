using System.Text;
using GoTemplate.Formatting;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

internal sealed class RangeNode(TemplateSource source, int position, PipeNode pipe, ListNode list, ListNode? otherwise) : Statement(source, position)
{
    public override Flow Run(Execution x, object? dot)
    {
        x.At = this;
        x.Step();
        var value = pipe.Evaluate(x, dot);
        var element = x.InterfaceElement;
        var ran = Iterate(x, value);
        x.InterfaceElement = element;
        return ran ? Flow.Next : otherwise?.Run(x, dot) ?? Flow.Next;
    }

    public override void Write(StringBuilder to) => Blocks.Write(to, this, "range", pipe, list, otherwise);

    private bool Iterate(Execution x, object? value)
    {
        switch (value)
        {
            case null or NoValue:
                return false;
            case string:
                throw x.Fail($"range can't iterate over {value}");
        }

        if (GoMap.Is(value)) return OverMap(x, value);
        if (value is not IGoObject && GoList.Is(value)) return OverList(x, value);
        if (value is IGoObject { IsNil: true }) throw x.Fail("range can't iterate over <nil>");
        if (value is not TimeSpan && GoValue.TryInteger(value, out var n)) return OverInteger(x, value, n);
        if (GoValue.TryUnsigned(value, out var u)) return OverInteger(x, value, u > long.MaxValue ? long.MaxValue : (long)u);
        throw x.Fail($"range can't iterate over {Printer.Format('v', value)}");
    }

    private bool OverList(Execution x, object value)
    {
        var count = GoList.Count(value);
        var holdsAny = GoList.HoldsAny(value);
        for (var i = 0; i < count; i++)
        {
            var element = GoList.At(value, i);
            if (x.Copies is not null) element = x.Copies.Of(element);
            if (!Once(x, pipe.Slots.Count > 1 ? GoValue.Int(i) : null, element, holdsAny)) break;
        }

        return count > 0;
    }

    private bool OverMap(Execution x, object value)
    {
        var holdsAny = GoMap.IsAnyMap(value);
        var entries = GoMap.Sorted(value);
        x.Charge(entries.Length);
        foreach (var (key, element) in entries)
        {
            if (!Once(x, key, x.Copies is null ? element : x.Copies.Of(element), holdsAny)) break;
        }

        return entries.Length > 0;
    }

    private bool OverInteger(Execution x, object value, long count)
    {
        if (pipe.Slots.Count > 1) throw x.Fail($"can't use {Printer.Format('v', value)} to iterate over more than one variable");
        for (long i = 0; i < count; i++)
        {
            if (!Once(x, null, value is long ? i : value is int ? (int)i : GoValue.Int(i), false)) break;
        }

        return count > 0;
    }

    private bool Once(Execution x, object? index, object? element, bool isInterface)
    {
        x.Step();
        x.InterfaceElement = isInterface ? element : null;
        if (pipe.Slots.Count == 1)
        {
            pipe.Assign(x, 0, element);
        }
        else if (pipe.Slots.Count > 1)
        {
            pipe.Assign(x, 0, index);
            pipe.Assign(x, 1, element);
        }

        return list.Run(x, element) != Flow.Break;
    }
}
