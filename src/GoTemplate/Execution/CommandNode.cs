using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>One command of a pipeline: an operand and its arguments.</summary>
internal sealed class CommandNode(TemplateSource source, int position) : Node(source, position)
{
    private readonly List<Operand> _operands = [];
    private Operand[] _arguments = [];

    public IReadOnlyList<Operand> Operands => _operands;

    public ReadOnlySpan<Operand> Arguments => _arguments;

    public void Add(Operand operand) => _operands.Add(operand);

    public void Seal() => _arguments = [.. _operands.Skip(1)];

    public override void Write(StringBuilder to)
    {
        for (var i = 0; i < _operands.Count; i++)
        {
            if (i > 0) to.Append(' ');
            if (_operands[i] is PipeNode) to.Append('(');
            _operands[i].Write(to);
            if (_operands[i] is PipeNode) to.Append(')');
        }
    }
}
