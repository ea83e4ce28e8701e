namespace Isthmus.System.Tests.Cli;

/// <summary>A command's output that tells when a text has been written.</summary>
internal sealed class SignallingWriter(string signal, Action? then = null) : StringWriter
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Seen => _seen.Task;

    public override void Write(char[] buffer, int index, int count)
    {
        base.Write(buffer, index, count);
        Look();
    }

    public override void Write(string? value)
    {
        base.Write(value);
        Look();
    }

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        Look();
    }

    private void Look()
    {
        if (ToString().Contains(signal, StringComparison.Ordinal) && _seen.TrySetResult())
            then?.Invoke();
    }
}
