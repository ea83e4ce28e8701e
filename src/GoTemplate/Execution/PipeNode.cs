using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

/// <summary>Commands, each fed with the value of the one before; with declarations in front.</summary>
internal sealed class PipeNode(TemplateSource source, int position) : Operand(source, position)
{
    private readonly List<CommandNode> _commands = [];

    public IReadOnlyList<CommandNode> Commands => _commands;

    public List<string> Declared { get; } = [];

    /// <summary>The slots of the declared variables; -1 for an assignment to a variable that does not exist.</summary>
    public List<int> Slots { get; } = [];

    public bool IsAssignment { get; private set; }

    public void Add(CommandNode command) => _commands.Add(command);

    public void Declare(string name, bool isAssignment)
    {
        Declared.Add(name);
        IsAssignment = isAssignment;
    }

    public void Assign(Execution x, int variable, object? value)
    {
        if (Slots[variable] < 0) throw x.Fail($"undefined variable: {Declared[variable]}");
        x.Variables[Slots[variable]] = value;
    }

    public object? Evaluate(Execution x, object? dot)
    {
        x.At = this;
        var value = Execution.Missing;
        foreach (var command in _commands)
        {
            // A nil interface loses its type here and becomes no value at all.
            value = command.Operands[0].Run(x, dot, command, value) ?? NoValue.Instance;
        }

        for (var i = 0; i < Slots.Count; i++) Assign(x, i, value);
        return value;
    }

    public override object? Run(Execution x, object? dot, CommandNode command, object? final)
    {
        // The arguments are all inside the parentheses.
        Constants.RefuseArguments(x, command, final);
        return Evaluate(x, dot);
    }

    public override object? Argument(Execution x, object? dot, Parameter parameter)
    {
        x.At = this;
        x.Step();
        return parameter.Accept(x, Evaluate(x, dot));
    }

    public override void Write(StringBuilder to)
    {
        if (Declared.Count > 0) to.AppendJoin(", ", Declared).Append(IsAssignment ? " = " : " := ");
        for (var i = 0; i < _commands.Count; i++)
        {
            if (i > 0) to.Append(" | ");
            _commands[i].Write(to);
        }
    }
}
