using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Isthmus.System.Tests.Relay;

/// <summary>A name server on loopback that answers every question for an IPv4 address with one, or says that there is no such name.</summary>
internal sealed class SmallDns : IAsyncDisposable
{
    private const int HeaderLength = 12, TypeA = 1;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public SmallDns() => _running = RunAsync();

    /// <summary>Null: no such name.</summary>
    public IPAddress? Address { get; set; } = IPAddress.Loopback;

    public int Port => ((IPEndPoint?)_socket.Client.LocalEndPoint)?.Port ?? throw new InvalidOperationException("the socket is closed");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var question = await _socket.ReceiveAsync(_stop.Token);
                await _socket.SendAsync(Answer(question.Buffer), question.RemoteEndPoint, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private byte[] Answer(byte[] question)
    {
        // Behind the name, which ends with a zero, stand type and class.
        var end = Array.IndexOf(question, (byte)0, HeaderLength) + 5;
        var isForAddress = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(end - 4)) == TypeA;
        var answer = question[..end].ToList();
        byte[] header = [question[0], question[1], 0x81, (byte)(Address is null ? 0x83 : 0x80), 0, 1, 0, (byte)(Address is not null && isForAddress ? 1 : 0), 0, 0, 0, 0];
        header.CopyTo(global::System.Runtime.InteropServices.CollectionsMarshal.AsSpan(answer));
        if (Address is { } address && isForAddress)
            answer.AddRange([0xC0, HeaderLength, 0, TypeA, 0, 1, 0, 0, 0, 1, 0, 4, .. address.GetAddressBytes()]);
        return [.. answer];
    }
}
