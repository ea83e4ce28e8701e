using Azure.Core;
using Isthmus.Core.Aks;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.Kubernetes;
using k8s;

namespace Isthmus.Runtime.Aks;

/// <summary>Access by ARM resource id: address and CA from ARM, tokens from Entra.</summary>
internal sealed class AksLink(ClusterName cluster, string resourceId, AksResources resources, TokenCredential credential, TimeProvider time) : IClusterLink
{
    // Every event of a storm asks for a cluster that is stopped; ARM's limits are for the whole subscription.
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);

    private volatile Refused? _refused;
    private volatile Explained? _explained;

    public async Task<KubernetesClientConfiguration> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_refused is { } refused && time.GetElapsedTime(refused.At) < AskAgain)
            throw new ClusterUnreachableException(cluster, refused.Reason);
        try
        {
            var configuration = await FindAsync(cancellationToken).ConfigureAwait(false);
            _refused = null;
            return configuration;
        }
        catch (Exception failure) when (failure is ArmException or ArmUnreachableException)
        {
            throw Refuse(Reason(failure), failure);
        }
    }

    private async Task<KubernetesClientConfiguration> FindAsync(CancellationToken cancellationToken)
    {
        var seen = await resources.FindAsync(resourceId, cancellationToken).ConfigureAwait(false);
        if (seen is null || seen.IsStopped || !seen.HasEntra)
            throw Refuse(Refusal(seen));
        var server = await resources.ServerAsync(resourceId, cancellationToken).ConfigureAwait(false);
        return InlineAccess.Configuration(server, new EntraTokens(cluster, credential, time));
    }

    private ClusterUnreachableException Refuse(string reason, Exception? failure = null)
    {
        _refused = new Refused(reason, time.GetTimestamp());
        return new ClusterUnreachableException(cluster, reason, failure);
    }

    public async Task<string?> ExplainAsync(CancellationToken cancellationToken)
    {
        if (_explained is { } known && time.GetElapsedTime(known.At) < AskAgain)
            return known.Reason;
        string? reason;
        try
        {
            var seen = await resources.FindAsync(resourceId, cancellationToken).ConfigureAwait(false);
            reason = seen is null ? Refusal(null) : seen.ReasonForSilence();
        }
        catch (Exception failure) when (failure is ArmException or ArmUnreachableException)
        {
            // What was to be explained is told all the same, without why.
            reason = null;
        }

        _explained = new Explained(reason, time.GetTimestamp());
        return reason;
    }

    private string Refusal(AksCluster? seen) => seen switch
    {
        null => $"Azure has no cluster {resourceId} (any more)",
        { IsStopped: true } => seen.ReasonForSilence() ?? "",
        _ => "it does not use Microsoft Entra, so that the only credential is the administrator's, which Isthmus does not take: "
            + "run 'az aks update --enable-aad', or give access by vaultSecret with a kubeconfig of an account of its own",
    };

    private static string Reason(Exception failure) => failure switch
    {
        ArmException { Status: 401 or 403 } => $"{failure.Message} (the identity needs the role Azure Kubernetes Service Cluster User Role on the cluster)",
        ArmException { Status: 404 } => $"{failure.Message} (the identity may have lost its role there; nothing is withdrawn for that)",
        _ => $"Azure Resource Manager: {failure.Message}",
    };

    private sealed record Refused(string Reason, long At);

    private sealed record Explained(string? Reason, long At);
}
