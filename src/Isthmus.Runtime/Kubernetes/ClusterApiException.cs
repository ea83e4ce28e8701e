using Isthmus.Core.Mesh;
using Isthmus.Core.Secrecy;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>An API server answered a request with a failure. The message is the server's own, without the secrets that it quotes.</summary>
public sealed class ClusterApiException(ClusterName cluster, int status, string reason, string message)
    : Exception($"cluster {cluster}: {Redaction.Text(message)}")
{
    public ClusterName Cluster { get; } = cluster;

    /// <summary>The HTTP status code.</summary>
    public int Status { get; } = status;

    /// <summary>Kubernetes' machine-readable reason (Conflict, AlreadyExists, Forbidden, …); empty where none was sent.</summary>
    public string Reason { get; } = reason;

    /// <summary>How long the server asks to be left alone (Retry-After, in seconds); null where it says nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Somebody else wrote first: observe again and plan anew.</summary>
    public bool IsConflict => Status == 409 || IsOfAnother;

    /// <summary>The object that was read is gone, and another one has its name: some servers see that before the resourceVersion, and say 422.</summary>
    internal bool IsOfAnother { get; init; }
}

/// <summary>An API server did not answer: refused, timed out, cut, or its certificate is not trusted.</summary>
public sealed class ClusterUnreachableException(ClusterName cluster, string message, Exception? inner = null)
    : Exception($"cluster {cluster} cannot be reached: {Redaction.Text(message)}", inner)
{
    public ClusterName Cluster { get; } = cluster;

    /// <summary>Whether its API server was asked and did not answer; otherwise there was no way to ask it.</summary>
    internal bool IsServersSilence { get; init; }

    /// <summary>The same silence, with what is known of why.</summary>
    internal ClusterUnreachableException Because(string reason) => new(Cluster, $"{message} ({reason})", this);
}
