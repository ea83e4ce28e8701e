using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Isthmus.Embedded.Cluster;

/// <summary>The cable of a cluster: while it is pulled, connections are reset, old and new.</summary>
internal sealed class NetworkSwitch
{
    private readonly ConcurrentDictionary<ConnectionContext, byte> _connections = new();
    private volatile bool _connected = true;

    public void Disconnect()
    {
        _connected = false;
        foreach (var connection in _connections.Keys)
        {
            connection.Abort(new ConnectionAbortedException("the cluster is disconnected"));
        }
    }

    public void Reconnect() => _connected = true;

    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        _connections[connection] = 0;
        try
        {
            if (_connected)
            {
                await next(connection).ConfigureAwait(false);
            }
            else
            {
                connection.Abort(new ConnectionAbortedException("the cluster is disconnected"));
            }
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }
}
