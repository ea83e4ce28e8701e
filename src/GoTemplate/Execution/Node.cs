using System.Text;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>A piece of a parsed template; its text is Go's, since error messages quote it.</summary>
internal abstract class Node(TemplateSource source, int position)
{
    public TemplateSource Source => source;

    public int Position => position;

    public abstract void Write(StringBuilder to);

    public sealed override string ToString()
    {
        var result = new StringBuilder();
        Write(result);
        return result.ToString();
    }
}
