using System.Text;

namespace Isthmus.System.Tests.Secrecy;

/// <summary>Passes a body on, and tells its text when it is over: read to its end, or the server done with it.</summary>
internal sealed class Tee(Stream inner, Action<string> whole) : Stream
{
    private readonly MemoryStream _copy = new();
    private int _told;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _copy.Write(buffer.Span[..read]);
        if (read == 0)
            Tell();
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Answers come in one piece; where they do not, each is looked at together with those before it.
        _copy.Write(buffer.Span);
        whole(Encoding.UTF8.GetString(_copy.GetBuffer(), 0, (int)_copy.Length));
        await inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Tell()
    {
        if (Interlocked.Exchange(ref _told, 1) == 0)
            whole(Encoding.UTF8.GetString(_copy.GetBuffer(), 0, (int)_copy.Length));
    }
}
