using System.Text;
using GoTemplate.Parsing;

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
