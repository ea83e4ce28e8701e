using System.Text;

namespace Isthmus.System.Tests.Secrecy;

/// <summary>Passes on what is written, and keeps it in the run's record line by line.</summary>
internal sealed class RecordingWriter(TextWriter inner, string kind) : TextWriter
{
    private readonly StringBuilder _line = new();
    private readonly Lock _lock = new();

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        lock (_lock)
        {
            _line.Append(value);
            if (value == '\n')
                Tell();
        }

        inner.Write(value);
    }

    public override void Write(string? value)
    {
        lock (_lock)
        {
            _line.Append(value);
            if (value?.EndsWith('\n') == true)
                Tell();
        }

        inner.Write(value);
    }

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Flush() => inner.Flush();

    private void Tell()
    {
        RunRecord.Add(kind, _line.ToString());
        _line.Clear();
    }
}
