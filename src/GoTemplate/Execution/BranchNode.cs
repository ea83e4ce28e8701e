using System.Text;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

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
