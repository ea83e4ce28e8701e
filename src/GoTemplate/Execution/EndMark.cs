using System.Text;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>The parser's mark of {{end}}; in no tree.</summary>
internal sealed class EndMark(TemplateSource source, int position) : Node(source, position)
{
    public override void Write(StringBuilder to) => to.Append("{{end}}");
}
