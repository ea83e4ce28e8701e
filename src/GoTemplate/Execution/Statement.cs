using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>A node that writes output.</summary>
internal abstract class Statement(TemplateSource source, int position) : Node(source, position)
{
    public abstract Flow Run(Execution x, object? dot);
}
