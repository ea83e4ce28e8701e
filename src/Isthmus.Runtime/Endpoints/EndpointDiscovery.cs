using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Endpoints;

/// <summary>
/// Answers proxies that ask for endpoints over Envoy's REST discovery. A service is answered whether it is opted in or not, so that one that opts out loses
/// nothing before its proxies have turned back to istiod.
/// </summary>
public sealed class EndpointDiscovery(IMeshDocumentSource documents, EndpointFeeds feeds, TimeProvider time)
{
    private const int MostServices = 10_000;

    // Envoy's own patience, which the EnvoyFilter sets, is a little longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    // As long as an istiod that starts waits for a remote cluster (PILOT_REMOTE_CLUSTER_TIMEOUT).
    private static readonly TimeSpan PatienceForClusters = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(ClusterName ControlPlane, ServiceName Service), ServiceAnswers> _services = new();
    private readonly GatewayAddresses _gateways = new(time);

    /// <param name="cluster">The cluster whose token the proxy's relay has.</param>
    /// <param name="body">Envoy's DiscoveryRequest.</param>
    /// <param name="cancellationToken">Ends the answer.</param>
    public async Task<DiscoveryAnswer> AnswerAsync(MeshCluster cluster, JsonObject body, CancellationToken cancellationToken)
    {
        if (DiscoveryRequest.Read(body, out var reason) is not { } request)
            return new DiscoveryAnswer.Refused(reason);
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var controlPlane = mesh.Find(cluster.ControlPlane) ?? cluster;
        var policies = feeds.PoliciesOf(controlPlane);
        var clusters = ServedGroup.Of(mesh, controlPlane).Clusters.Select(feeds.Of).ToList();
        if (!await AreReadAsync(clusters.SelectMany(one => one.All).Concat(policies.All), cancellationToken).ConfigureAwait(false))
            return new DiscoveryAnswer.NotReady("the clusters have not answered yet");
        var own = clusters.Find(one => one.Cluster.Name == cluster.Name);
        if (DiscoveryNode.Read(request.Node, mesh, cluster, node => DiscoveryNode.LocalityOf(own?.Node(node)), out reason) is not { } proxy)
            return new DiscoveryAnswer.Refused(reason);

        var answers = new List<DiscoveredAssignment>(request.ResourceNames.Length);
        foreach (var (name, service) in Services(request, controlPlane.ClusterDomain))
        {
            var namespaces = clusters.Select(one => feeds.Of(one, service.Namespace)).ToList();
            if (!await AreReadAsync(namespaces.SelectMany(one => one.All), cancellationToken).ConfigureAwait(false))
                return new DiscoveryAnswer.NotReady("the clusters have not answered yet");
            if (Silence(namespaces) is { } silence)
                return new DiscoveryAnswer.NotReady(silence);
            var heard = namespaces.Where(one => one.Silence is null).ToList();
            if (await AnswersOf(controlPlane.Name, service).GetAsync(name, proxy, mesh, heard, policies, cancellationToken).ConfigureAwait(false) is { } answer)
                answers.Add(answer);
        }

        var version = DiscoveredAssignment.VersionOf(answers);
        return version == request.Version ? new DiscoveryAnswer.Unchanged() : new DiscoveryAnswer.Fresh(DiscoveryJson.Response(version, answers));
    }

    /// <summary>The names that are Services of the control plane. Of others nothing is known here; they are left out, and Envoy keeps what it has.</summary>
    private static IEnumerable<(EnvoyClusterName Name, ServiceName Service)> Services(DiscoveryRequest request, string clusterDomain)
    {
        var suffix = $".svc.{clusterDomain}";
        foreach (var text in request.ResourceNames)
        {
            if (EnvoyClusterName.TryParse(text, out var name) && name.ToString() == text && name.Host.EndsWith(suffix, StringComparison.Ordinal)
                && name.Host[..^suffix.Length].Split('.') is [{ Length: > 0 } service, { Length: > 0 } ns])
                yield return (name, new ServiceName(ns, service));
        }
    }

    private async Task<bool> AreReadAsync(IEnumerable<Feed> all, CancellationToken cancellationToken)
    {
        var pending = all.Where(feed => !feed.First.IsCompleted).Select(feed => feed.First).ToList();
        if (pending.Count == 0)
            return true;
        try
        {
            await Task.WhenAll(pending).WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A cluster that was never read is waited for a while, since an answer without it would take its endpoints away; then it is left out.</summary>
    private string? Silence(IEnumerable<NamespaceFeeds> clusters) => clusters
        .Where(one => one.Silence is not null && one.All.Any(feed => !feed.IsListed && time.GetUtcNow() - feed.Began < PatienceForClusters))
        .Select(one => one.Silence).FirstOrDefault();

    private ServiceAnswers AnswersOf(ClusterName controlPlane, ServiceName service)
    {
        // Names that nobody knows can be asked for without end.
        if (_services.Count > MostServices)
            _services.Clear();
        return _services.GetOrAdd((controlPlane, service), _ => new ServiceAnswers(service, _gateways, time));
    }
}
