using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Isthmus.System.Tests.Clusters;

/// <summary>Passes connections on to a server, until it is cut: then those open break, and new ones are refused.</summary>
internal sealed class CutRelay : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly string _host;
    private readonly int _port;
    private TcpListener? _listener;

    private CutRelay(string host, int port) => (_host, _port) = (host, port);

    public int Port { get; private set; }

    public static Task<CutRelay> StartAsync(string host, int port, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var relay = new CutRelay(host, port);
        relay.Join();
        return Task.FromResult(relay);
    }

    public void Cut()
    {
        Interlocked.Exchange(ref _listener, null)?.Dispose();
        foreach (var socket in _open.Keys)
            socket.Close(0);
    }

    public void Join()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = PassAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task PassAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            _open[client] = true;
            try
            {
                await server.ConnectAsync(_host, _port);
                await using NetworkStream near = new(client), far = new(server);
                await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
            }
            catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException)
            {
                return;
            }
            finally
            {
                _open.TryRemove(client, out _);
            }
        }
    }
}
