using System.Text;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>The parser's mark of {{else}}; in no tree.</summary>
internal sealed class ElseMark(TemplateSource source, int position) : Node(source, position)
{
    public override void Write(StringBuilder to) => to.Append("{{else}}");
}
