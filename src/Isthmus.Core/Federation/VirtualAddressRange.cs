using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Core.Federation;

/// <summary>The addresses that names may get: the document's range without Istio's own 240.240.0.0/16, first and last left out.</summary>
public sealed class VirtualAddressRange
{
    private const uint IstioFirst = 0xF0F0_0000;
    private const uint IstioLast = 0xF0F0_FFFF;

    private readonly uint _first;
    private readonly uint _last;
    private readonly uint _excluded;

    public VirtualAddressRange(IPNetwork range)
    {
        var start = BinaryPrimitives.ReadUInt32BigEndian(range.BaseAddress.GetAddressBytes());
        var size = (ulong)1 << (32 - range.PrefixLength);
        _first = start + 1;
        _last = (uint)(start + size - 2);
        _excluded = _first <= IstioLast && _last >= IstioFirst ? Math.Min(_last, IstioLast) - Math.Max(_first, IstioFirst) + 1 : 0;
        Count = _last - _first + 1 - _excluded;
    }

    /// <summary>How many names the range has room for.</summary>
    public uint Count { get; }

    public bool Contains(string address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.GetAddressBytes() is { Length: 4 } bytes
        && BinaryPrimitives.ReadUInt32BigEndian(bytes) is var value && value >= _first && value <= _last
        && value is < IstioFirst or > IstioLast;

    /// <summary>The addresses to try for a name, all different: its hash, then the ones that follow it, round the whole range.</summary>
    public IEnumerable<string> Candidates(string host)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(host));
        var start = (uint)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Count);
        for (uint i = 0; i < Count; i++)
            yield return At((uint)(((ulong)start + i) % Count));
    }

    private string At(uint index)
    {
        var value = _first + index;
        if (_excluded > 0 && value >= Math.Max(_first, IstioFirst))
            value += _excluded;
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new IPAddress(bytes).ToString();
    }
}
