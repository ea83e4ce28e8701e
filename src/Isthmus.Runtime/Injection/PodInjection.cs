using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.Injection;

/// <summary>Answers the AdmissionReviews of pods with a cluster's own settings, within the webhook's own timeout.</summary>
public sealed class PodInjection(InjectionSettingsCache cache, InjectionMetrics metrics, TimeProvider time, ILogger<PodInjection> logger)
{
    /// <summary>The path key that names a revision; it is ours, so it is taken out before Istio's own keys are read.</summary>
    private const string RevisionKey = "isthmus-revision";

    /// <param name="cluster">The cluster that asks.</param>
    /// <param name="path">What follows <c>/inject/</c> in the webhook's URL.</param>
    /// <param name="timeout">The query <c>timeout</c>, which API servers add.</param>
    /// <param name="review">The review; its pod is taken out of it.</param>
    /// <param name="cancellationToken">Ends with the call.</param>
    public async Task<ReviewAnswer> AnswerAsync(MeshCluster cluster, string? path, string? timeout, JsonObject review, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(review);
        long start = time.GetTimestamp();
        using var patience = new CancellationTokenSource(WebhookDeadline.From(timeout), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        (string revision, string rest) = TakeRevision(path ?? "");
        InjectionResult result;
        JsonObject? response = null;
        try
        {
            LoadedInjection loaded = await cache.GetAsync(cluster, revision, either.Token).ConfigureAwait(false);
            ClusterFacts facts = await FactsAsync(cluster, loaded, review, either.Token).ConfigureAwait(false);
            (_, response, result) = Injector.Review(loaded.Settings, facts, InjectPath.Parse($"/inject/{rest}"), review, either.Token);
        }
        catch (Exception fault) when (fault is InjectionUnavailableException or ClusterUnreachableException or ClusterApiException)
        {
            result = new InjectionResult.Failed(fault.Message);
        }
        metrics.Count(cluster.Name, result, time.GetElapsedTime(start));
        if (response is not null)
            return new ReviewAnswer.Answered(response);
        string reason = result is InjectionResult.Failed failed ? failed.Message : "injection gave no answer";
        logger.LogError("A pod of cluster {Cluster} could not be injected: {Reason}", cluster.Name, reason);
        return new ReviewAnswer.Failed(reason);
    }

    private static (string Revision, string Path) TakeRevision(string path)
    {
        string[] parts = path.Split('/', 3);
        return parts.Length >= 2 && parts[0] == RevisionKey
            ? (parts[1].Replace("--slash--", "/", StringComparison.Ordinal), parts.Length == 3 ? parts[2] : "")
            : (InjectionPolicy.DefaultRevision, path);
    }

    /// <summary>On OpenShift the namespace decides about user ids; one that is newer than the cache is read at once.</summary>
    private async Task<ClusterFacts> FactsAsync(MeshCluster cluster, LoadedInjection loaded, JsonObject review, CancellationToken cancellationToken)
    {
        string? name = ObjectMetadata.TextOf((review["request"] as JsonObject)?["namespace"]);
        if (!loaded.Settings.NeedsNamespaces || name is null || loaded.Facts.NamespaceAnnotations.ContainsKey(name))
            return loaded.Facts;
        IstioSettingsReader reader = await cache.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
        if (await reader.ReadNamespaceAsync(name, cancellationToken).ConfigureAwait(false) is not { } annotations)
            return loaded.Facts;
        return loaded.Facts with
        {
            NamespaceAnnotations = new Dictionary<string, IReadOnlyDictionary<string, string>>(loaded.Facts.NamespaceAnnotations) { [name] = annotations },
        };
    }
}
