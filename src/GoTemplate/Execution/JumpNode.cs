using System.Text;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>break and continue.</summary>
internal sealed class JumpNode(TemplateSource source, int position, string word, Flow flow) : Statement(source, position)
{
    public override Flow Run(Execution x, object? dot) => flow;

    public override void Write(StringBuilder to) => to.Append(Source.Left).Append(word).Append(Source.Right);
}
