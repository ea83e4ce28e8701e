using System.Buffers;

namespace GoTemplate.Formatting;

/// <summary>A growing text with an upper limit, in a pooled buffer.</summary>
internal sealed class Output(int limit) : IDisposable
{
    private char[] _buffer = ArrayPool<char>.Shared.Rent(1024);
    private int _length;

    public int Length => _length;

    public void Append(string text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    public void Append(char c)
    {
        Reserve(1)[0] = c;
        _length++;
    }

    public void Append(char c, int count)
    {
        if (count <= 0) return;
        Reserve(count)[..count].Fill(c);
        _length += count;
    }

    public void Append(long number)
    {
        number.TryFormat(Reserve(20), out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Clear() => _length = 0;

    public override string ToString() => new(_buffer, 0, _length);

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private Span<char> Reserve(int count)
    {
        if (_buffer.Length - _length < count) Grow(count);
        return _buffer.AsSpan(_length);
    }

    private void Grow(int count)
    {
        if ((long)_length + count > (long)limit + 32) throw new Values.LimitException($"output exceeds {limit} characters");
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(_length + count, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = larger;
    }

    /// <summary>Throws if the limit was passed: buffers are larger than asked for, so growing alone does not tell.</summary>
    public void CheckLimit()
    {
        if (_length > limit) throw new Values.LimitException($"output exceeds {limit} characters");
    }
}
