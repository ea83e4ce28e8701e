using System.Text;

namespace GoTemplate.Parsing;

/// <summary>The text that nodes point into.</summary>
internal sealed class TemplateSource(string name, string text, string left, string right)
{
    public string Name => name;

    public string Left => left;

    public string Right => right;

    /// <summary>The line from 1 and the column in bytes from 0, as Go's error messages count.</summary>
    public (int Line, int Column) Locate(int position)
    {
        var before = text.AsSpan(0, Math.Min(position, text.Length));
        var lineStart = before.LastIndexOf('\n') + 1;
        return (before.Count('\n') + 1, Encoding.UTF8.GetByteCount(before[lineStart..]));
    }
}
