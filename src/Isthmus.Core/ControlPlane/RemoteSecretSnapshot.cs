using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.ControlPlane;

/// <summary>What was seen of the account by which one cluster is read.</summary>
public sealed record ReaderSnapshot
{
    /// <summary>Accounts, roles and bindings that are ours or stand under our names.</summary>
    public required IReadOnlyList<JsonObject> Accounts { get; init; }

    public required IReadOnlyList<JsonObject> Roles { get; init; }

    public required IReadOnlyList<JsonObject> Bindings { get; init; }

    /// <summary>Where istiod is to read the cluster.</summary>
    public required ApiServerAddress Address { get; init; }

    /// <summary>Whether the API server was asked with the token in place, and does not know it.</summary>
    public bool IsTokenRefused { get; init; }

    /// <summary>A new token that the API server was seen to accept.</summary>
    public ReaderToken? NewToken { get; init; }
}

/// <summary>What remote secrets are planned from. A cluster that could not be read is absent, which is not the same as empty.</summary>
public sealed record RemoteSecretSnapshot
{
    /// <summary>For each cluster, what lets it be read.</summary>
    public required IReadOnlyDictionary<ClusterName, ReaderSnapshot> Readers { get; init; }

    /// <summary>For each cluster, every Secret that an istiod there reads clusters by, ours or not, and what stands under our names.</summary>
    public required IReadOnlyDictionary<ClusterName, IReadOnlyList<JsonObject>> Secrets { get; init; }

    /// <summary>Clusters whose ranges clash with those of another, and why: one that is not read yet may not join.</summary>
    public IReadOnlyDictionary<ClusterName, string> Refusals { get; init; } = new Dictionary<ClusterName, string>();

    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether the plan is only looked at. It then shows the Secret too that follows an account which is not there yet.</summary>
    public bool IsDryRun { get; init; }
}
