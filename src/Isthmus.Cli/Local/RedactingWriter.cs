using System.Text;
using Isthmus.Core.Secrecy;

namespace Isthmus.Cli.Local;

/// <summary>
/// Takes secrets out of what is written, text by text: standard error holds messages and, where something is broken in us, whole
/// exceptions. Standard output stays as commands write it, since pipes read it.
/// </summary>
internal sealed class RedactingWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(value);

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value) => inner.Write(value is null ? null : Redaction.Text(value));

    public override void WriteLine(string? value) => inner.WriteLine(value is null ? null : Redaction.Text(value));

    public override void Flush() => inner.Flush();
}
