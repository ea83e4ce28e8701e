using System.Collections.Concurrent;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>What this instance follows of the clusters, for those that ask for endpoints: begun with the first question and ended when nobody asks any more.</summary>
public sealed class EndpointFeeds : IDisposable
{
    // v1beta1 is served by every Istio from 1.5 on.
    private static readonly ResourceKind PeerAuthentication = new("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications", true);

    private readonly ConcurrentDictionary<FeedKey, Lazy<ObjectFeed>> _feeds = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterConnections _connections;
    private readonly FeedClock _clock;

    public EndpointFeeds(ClusterConnections connections, TimeProvider time)
        : this(connections, new FeedClock(time))
    {
    }

    internal EndpointFeeds(ClusterConnections connections, FeedClock clock) => (_connections, _clock) = (connections, clock);

    internal int Count => _feeds.Count;

    /// <summary>What a cluster says of itself.</summary>
    internal ClusterFeeds Of(MeshCluster cluster) => new()
    {
        Cluster = cluster,
        Namespaces = Get(new FeedKey(cluster.Name, ResourceKind.Namespace, null, null)),
        Nodes = Get(new FeedKey(cluster.Name, ResourceKind.Node, null, null)),
        Gateway = cluster.Gateway?.Service is { } place ? Get(new FeedKey(cluster.Name, ResourceKind.Service, place.Namespace, place.Name)) : null,
    };

    /// <summary>What it says of the services of one namespace. Nothing is asked of namespaces that it has not.</summary>
    internal NamespaceFeeds Of(ClusterFeeds cluster, string ns) => cluster.Has(ns)
        ? new NamespaceFeeds(
            cluster,
            Get(new FeedKey(cluster.Cluster.Name, ResourceKind.Service, ns, null)),
            Get(new FeedKey(cluster.Cluster.Name, ResourceKind.EndpointSlice, ns, null)),
            Get(new FeedKey(cluster.Cluster.Name, ResourceKind.Pod, ns, null)))
        : new NamespaceFeeds(cluster, null, null, null);

    /// <summary>What a control plane's cluster says of traffic.</summary>
    internal PolicyFeeds PoliciesOf(MeshCluster controlPlane) => new()
    {
        DestinationRules = Get(new FeedKey(controlPlane.Name, ResourceKind.DestinationRule, null, null)),
        PeerAuthentications = Get(new FeedKey(controlPlane.Name, PeerAuthentication, null, null)),
        MeshConfig = Get(new FeedKey(controlPlane.Name, ResourceKind.ConfigMap, SystemNamespaces.Istio, "istio")),
    };

    /// <summary>An event told of a change of this namespace's services: what is followed of it is read anew, in case a watch missed it.</summary>
    public void Refresh(string ns)
    {
        foreach (var (key, feed) in _feeds)
        {
            if (key.Namespace == ns && feed.IsValueCreated)
                feed.Value.Refresh();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private ObjectFeed Get(FeedKey key)
    {
        while (true)
        {
            var entry = _feeds.GetOrAdd(key, Begin);
            var feed = entry.Value;
            feed.Touch();
            if (!feed.IsOver)
                return feed;
            _feeds.TryRemove(KeyValuePair.Create(key, entry));
        }
    }

    private Lazy<ObjectFeed> Begin(FeedKey key) => new(() =>
    {
        var feed = new ObjectFeed(new FeedReader(key, token => _connections.GetAsync(key.Cluster, token), _clock.Time), _clock);
        var stop = _stop.Token;
        _ = Task.Run(async () =>
        {
            await feed.RunAsync(stop).ConfigureAwait(false);
            // What nobody asks for any more is not kept either.
            if (_feeds.TryGetValue(key, out var entry) && entry.IsValueCreated && ReferenceEquals(entry.Value, feed))
                _feeds.TryRemove(KeyValuePair.Create(key, entry));
        }, CancellationToken.None);
        return feed;
    });
}
