using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HostStandIn;

/// <summary>An HTTP proxy that leads the names it knows to loopback ports, and no other anywhere.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly IReadOnlyDictionary<string, int> _ports;

    private ConnectProxy(IReadOnlyDictionary<string, int> ports) => _ports = ports;

    public Uri Url => new($"http://{_listener.LocalEndpoint}");

    public static ConnectProxy Start(IReadOnlyDictionary<string, int> ports)
    {
        var proxy = new ConnectProxy(ports);
        proxy._listener.Start();
        _ = proxy.AcceptAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ended.Token));
        }
        catch (OperationCanceledException)
        {
            // It ends with the run.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var caller = client;
        using var target = new TcpClient();
        try
        {
            var stream = caller.GetStream();
            // CONNECT name:443 HTTP/1.1
            var host = (await HeadAsync(stream)).Split(' ', ':') is ["CONNECT", var name, ..] ? name : "";
            if (!_ports.TryGetValue(host, out var port))
            {
                await stream.WriteAsync("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _ended.Token);
                return;
            }

            await target.ConnectAsync(IPAddress.Loopback, port, _ended.Token);
            await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _ended.Token);
            await Task.WhenAny(stream.CopyToAsync(target.GetStream(), _ended.Token), target.GetStream().CopyToAsync(stream, _ended.Token));
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
        {
            // A tunnel ends when either side hangs up.
        }
    }

    private async Task<string> HeadAsync(NetworkStream stream)
    {
        // A byte at a time, so that nothing of what follows the head is taken.
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < 8192 && await stream.ReadAsync(one, _ended.Token) == 1)
        {
            head.Append((char)one[0]);
            if (head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n")
                break;
        }

        return $"{head}";
    }
}
