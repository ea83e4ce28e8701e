using k8s;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>A way to a cluster whose API server has to be asked for first.</summary>
internal interface IClusterLink
{
    /// <summary>Where the API server is and how to speak to it. Throws <see cref="ClusterUnreachableException"/> where there is no way now.</summary>
    Task<KubernetesClientConfiguration> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Why the API server that was found may be silent; null where nobody knows.</summary>
    Task<string?> ExplainAsync(CancellationToken cancellationToken);
}
