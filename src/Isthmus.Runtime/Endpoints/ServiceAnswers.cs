using Isthmus.Core.Endpoints;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Endpoints;

/// <summary>The answers for one service. They are worked out anew when something that they depend on changed, and once for all proxies that wait for it.</summary>
internal sealed class ServiceAnswers(ServiceName name, GatewayAddresses gateways, TimeProvider time)
{
    private readonly AssignmentCache _cache = new();
    private readonly Lock _lock = new();
    private volatile ServiceState? _state;
    private Task<ServiceState>? _reading;
    private (MeshDocument, long, int) _readingOf;
    private long _revisions;

    /// <summary>Null where the proxy is to keep what it has.</summary>
    public async Task<DiscoveredAssignment?> GetAsync(
        EnvoyClusterName cluster, EndpointProxy proxy, MeshDocument mesh, IReadOnlyList<NamespaceFeeds> clusters, PolicyFeeds policies, CancellationToken cancellationToken)
    {
        // Before anything is read: what changes meanwhile is read again with the next question.
        var change = clusters.SelectMany(feeds => feeds.All).Concat(policies.All).Max(feed => feed.Version);
        var state = _state;
        if (state is null || !state.Fits(mesh, change, clusters.Count) || time.GetUtcNow() > state.Until)
            state = await ReadAsync(mesh, change, clusters, policies).WaitAsync(cancellationToken).ConfigureAwait(false);
        return _cache.Get(cluster, proxy, state.Revision, () => LiveSnapshot.Make(cluster, state.Inputs, state.Policies, proxy, Compatibility.None, out _))
            // A subset that no rule has any more is about to go, and its cluster with it; whatever else is missing has no endpoints.
            ?? (LiveSnapshot.Serves(cluster, state.Inputs) ? null : DiscoveredAssignment.Empty(cluster.ToString()));
    }

    private Task<ServiceState> ReadAsync(MeshDocument mesh, long change, IReadOnlyList<NamespaceFeeds> clusters, PolicyFeeds policies)
    {
        lock (_lock)
        {
            var of = (mesh, change, clusters.Count);
            if (_reading is { IsCompleted: false } && _readingOf == of)
                return _reading;
            (_readingOf, var known) = (of, _state);
            return _reading = Task.Run(async () => _state = await MakeAsync(known?.Fits(mesh, change, clusters.Count) == true ? known : null, mesh, change, clusters, policies).ConfigureAwait(false));
        }
    }

    /// <param name="known">What is current but for its gateways' names.</param>
    private async Task<ServiceState> MakeAsync(ServiceState? known, MeshDocument mesh, long change, IReadOnlyList<NamespaceFeeds> clusters, PolicyFeeds policies)
    {
        var inputs = known?.Inputs ?? new LiveInputs([.. clusters.Select(feeds => feeds.View(name))]);
        var given = known?.Given ?? inputs.Gateways;
        var (resolved, until) = await gateways.ResolveAsync(given, CancellationToken.None).ConfigureAwait(false);
        if (known is not null && known.Inputs.Gateways.All.SequenceEqual(resolved.All))
            return known with { Until = until };
        return new ServiceState
        {
            Mesh = mesh,
            Change = change,
            Clusters = clusters.Count,
            Until = until,
            Revision = Interlocked.Increment(ref _revisions),
            Inputs = inputs.With(resolved),
            Policies = policies.Policies(),
            Given = given,
        };
    }
}
