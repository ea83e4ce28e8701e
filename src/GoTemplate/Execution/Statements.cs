using System.Text;
using GoTemplate.Formatting;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

internal sealed class ListNode(TemplateSource source, int position) : Statement(source, position)
{
    private readonly List<Statement> _statements = [];

    /// <summary>Whether it holds nothing but blanks, so that a later definition may replace it.</summary>
    public bool IsEmpty => _statements.TrueForAll(s => s switch
    {
        TextNode text => text.IsBlank,
        ListNode list => list.IsEmpty,
        _ => false,
    });

    public void Add(Statement statement) => _statements.Add(statement);

    public override Flow Run(Execution x, object? dot)
    {
        foreach (var statement in _statements)
        {
            var flow = statement.Run(x, dot);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }

    public override void Write(StringBuilder to)
    {
        foreach (var statement in _statements) statement.Write(to);
    }
}

internal sealed class TextNode(TemplateSource source, int position, string text) : Statement(source, position)
{
    public bool IsBlank => text.All(GoText.IsSpace);

    public override Flow Run(Execution x, object? dot)
    {
        x.At = this;
        x.Output.Append(text);
        x.Output.CheckLimit();
        return Flow.Next;
    }

    public override void Write(StringBuilder to) => to.Append(text);
}

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

/// <summary>if and with.</summary>
internal sealed class BranchNode(TemplateSource source, int position, string word, PipeNode pipe, ListNode list, ListNode? otherwise)
    : Statement(source, position)
{
    private readonly bool _setsDot = word == "with";

    public override Flow Run(Execution x, object? dot)
    {
        x.At = this;
        x.Step();
        var value = pipe.Evaluate(x, dot);
        if (GoValue.IsTrue(value)) return list.Run(x, _setsDot ? value : dot);
        return otherwise?.Run(x, dot) ?? Flow.Next;
    }

    public override void Write(StringBuilder to) => Blocks.Write(to, this, word, pipe, list, otherwise);
}

/// <summary>break and continue.</summary>
internal sealed class JumpNode(TemplateSource source, int position, string word, Flow flow) : Statement(source, position)
{
    public override Flow Run(Execution x, object? dot) => flow;

    public override void Write(StringBuilder to) => to.Append(Source.Left).Append(word).Append(Source.Right);
}

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

/// <summary>The text of control structures.</summary>
internal static class Blocks
{
    public static void Write(StringBuilder to, Node node, string word, PipeNode pipe, ListNode list, ListNode? otherwise)
    {
        to.Append(node.Source.Left).Append(word).Append(' ');
        pipe.Write(to);
        to.Append(node.Source.Right);
        list.Write(to);
        if (otherwise is not null)
        {
            to.Append(node.Source.Left).Append("else").Append(node.Source.Right);
            otherwise.Write(to);
        }

        to.Append(node.Source.Left).Append("end").Append(node.Source.Right);
    }
}
