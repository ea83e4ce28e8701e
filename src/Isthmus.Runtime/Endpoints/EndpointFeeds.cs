using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>What this instance follows of the clusters, for those that ask for endpoints: begun with the first question and ended when nobody asks any more.</summary>
public sealed class EndpointFeeds : IDisposable
{
    // v1beta1 is served by every Istio from 1.5 on.
    private static readonly ResourceKind PeerAuthentication = new("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications", true);

    private static readonly FeedForm<JsonObject> Plain = FeedForm.Objects();
    private static readonly FeedForm<JsonObject> Services = FeedForm.Objects("spec", "status");
    private static readonly FeedForm<JsonObject> Policies = FeedForm.Objects("spec");
    private static readonly FeedForm<JsonObject> ConfigMaps = FeedForm.Objects("data");

    private readonly FeedForm<EndpointPod> _pods = FeedForm.Pods();
    private readonly ConcurrentDictionary<FeedKey, Lazy<Feed>> _feeds = new();
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
        Namespaces = Get(new FeedKey(cluster.Name, ResourceKind.Namespace, null, null), Plain),
        Nodes = Get(new FeedKey(cluster.Name, ResourceKind.Node, null, null), FeedForm.Nodes),
        Gateway = cluster.Gateway?.Service is { } place ? Get(new FeedKey(cluster.Name, ResourceKind.Service, place.Namespace, place.Name), Services) : null,
    };

    /// <summary>What it says of the services of one namespace. Nothing is asked of namespaces that it has not.</summary>
    internal NamespaceFeeds Of(ClusterFeeds cluster, string ns) => cluster.Has(ns)
        ? new NamespaceFeeds(
            cluster,
            Get(new FeedKey(cluster.Cluster.Name, ResourceKind.Service, ns, null), Services),
            Get(new FeedKey(cluster.Cluster.Name, ResourceKind.EndpointSlice, ns, null), FeedForm.Slices),
            Get(new FeedKey(cluster.Cluster.Name, ResourceKind.Pod, ns, null), _pods))
        : new NamespaceFeeds(cluster, null, null, null);

    /// <summary>What a control plane's cluster says of traffic.</summary>
    internal PolicyFeeds PoliciesOf(MeshCluster controlPlane) => new()
    {
        DestinationRules = Get(new FeedKey(controlPlane.Name, ResourceKind.DestinationRule, null, null), Policies),
        PeerAuthentications = Get(new FeedKey(controlPlane.Name, PeerAuthentication, null, null), Policies),
        MeshConfig = Get(new FeedKey(controlPlane.Name, ResourceKind.ConfigMap, SystemNamespaces.Istio, "istio"), ConfigMaps),
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

    private ObjectFeed<T> Get<T>(FeedKey key, FeedForm<T> form)
        where T : class
    {
        while (true)
        {
            var entry = _feeds.GetOrAdd(key, _ => new Lazy<Feed>(() => Begin(key, form)));
            var feed = entry.Value as ObjectFeed<T> ?? throw new UnreachableException();
            feed.Touch();
            if (!feed.IsOver)
                return feed;
            _feeds.TryRemove(KeyValuePair.Create(key, entry));
        }
    }

    private ObjectFeed<T> Begin<T>(FeedKey key, FeedForm<T> form)
        where T : class
    {
        var feed = new ObjectFeed<T>(new FeedReader<T>(key, form, token => _connections.GetAsync(key.Cluster, token), _clock.Time), form, _clock);
        var stop = _stop.Token;
        _ = Task.Run(async () =>
        {
            await feed.RunAsync(stop).ConfigureAwait(false);
            // What nobody asks for any more is not kept either.
            if (_feeds.TryGetValue(key, out var entry) && entry.IsValueCreated && ReferenceEquals(entry.Value, feed))
                _feeds.TryRemove(KeyValuePair.Create(key, entry));
        }, CancellationToken.None);
        return feed;
    }
}
