using System.Text;
using GoTemplate.Formatting;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

internal sealed class TemplateNode(TemplateSource source, int position, string name, PipeNode? pipe) : Statement(source, position)
{
    public string Name => name;

    /// <summary>Linked when the whole text is parsed; null if no template has the name.</summary>
    public TemplateBody? Target { get; set; }

    public override Flow Run(Execution x, object? dot)
    {
        x.At = this;
        x.Step();
        if (Target is null) throw x.Fail($"template {Quoting.Quote(name)} not defined");
        if (x.Depth >= x.MaxDepth || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw x.Fail($"exceeded maximum template depth ({Math.Min(x.MaxDepth, x.Depth)})", null, TemplateFailure.Limit);
        var value = pipe is null ? NoValue.Instance : pipe.Evaluate(x, dot);
        var (variables, body, element) = (x.Variables, x.Body, x.InterfaceElement);
        x.Depth++;
        Enter(x, Target, value);
        Target.Root.Run(x, value);
        x.Depth--;
        (x.Variables, x.Body, x.InterfaceElement) = (variables, body, element);
        return Flow.Next;
    }

    /// <summary>Templates see no variables of their caller; $ is what they were called with.</summary>
    public static void Enter(Execution x, TemplateBody body, object? data)
    {
        var variables = new object?[body.Slots];
        Array.Fill(variables, Execution.Undefined);
        variables[0] = data;
        x.Variables = variables;
        x.Body = body;
        x.InterfaceElement = null;
    }

    public override void Write(StringBuilder to)
    {
        to.Append(Source.Left).Append("template ").Append(Quoting.Quote(name));
        if (pipe is not null)
        {
            to.Append(' ');
            pipe.Write(to);
        }

        to.Append(Source.Right);
    }
}
