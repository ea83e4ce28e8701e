using System.Text;
using GoTemplate.Formatting;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

internal sealed class ActionNode(TemplateSource source, int position, PipeNode pipe) : Statement(source, position)
{
    public override Flow Run(Execution x, object? dot)
    {
        x.At = this;
        x.Step();
        var value = pipe.Evaluate(x, dot);
        if (pipe.Declared.Count > 0) return Flow.Next;
        x.At = this;
        if (value is string text) x.Output.Append(text);
        else Print(x, value);
        x.Output.CheckLimit();
        return Flow.Next;
    }

    public override void Write(StringBuilder to)
    {
        to.Append(Source.Left);
        pipe.Write(to);
        to.Append(Source.Right);
    }

    private void Print(Execution x, object? value)
    {
        switch (value)
        {
            case NoValue or null:
                x.Output.Append("<no value>");
                break;
            case nint number:
                x.Output.Append(number);
                break;
            case bool truth:
                x.Output.Append(truth ? "true" : "false");
                break;
            case Delegate:
                throw x.Fail($"can't print {this} of type {GoType.NameOf(value)}");
            default:
                new Printer(x.Output).Print(value, 'v');
                break;
        }
    }
}
