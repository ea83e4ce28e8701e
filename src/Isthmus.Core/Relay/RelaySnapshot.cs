using System.Text.Json.Nodes;

namespace Isthmus.Core.Relay;

/// <summary>What was seen of a cluster's relay. What is not there is null.</summary>
public sealed record RelaySnapshot
{
    public JsonObject? Configuration { get; init; }

    public JsonObject? Certificate { get; init; }

    public JsonObject? Service { get; init; }

    public JsonObject? Deployment { get; init; }

    public JsonObject? Budget { get; init; }

    /// <summary>The Service of the cluster's DNS.</summary>
    public JsonObject? ClusterDns { get; init; }

    /// <summary>A new certificate, where <see cref="RelayPlanner.NeedsCertificate"/>.</summary>
    public RelayCertificate? Fresh { get; init; }

    public required DateTimeOffset Now { get; init; }
}
