using System.Text;
using GoTemplate.Formatting;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

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
