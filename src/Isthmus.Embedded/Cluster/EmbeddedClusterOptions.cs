using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.Cluster;

/// <summary>A user of an embedded cluster, as a token file names one.</summary>
public sealed record ClusterUser(string Name, string Uid, IReadOnlyList<string> Groups);

/// <summary>How an embedded cluster is set up.</summary>
public sealed record EmbeddedClusterOptions
{
    /// <summary>Names the cluster in its kubeconfig and certificates.</summary>
    public string Name { get; init; } = "embedded";

    /// <summary>The port on loopback; 0 takes a free one.</summary>
    public int Port { get; init; }

    public ILoggerFactory? LoggerFactory { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Further users by their bearer tokens, beside the administrator.</summary>
    public IReadOnlyDictionary<string, ClusterUser> Tokens { get; init; } = new Dictionary<string, ClusterUser>();

    /// <summary>
    /// Whether the cluster does what a controller manager does to keep itself in order: default service accounts,
    /// <c>kube-root-ca.crt</c>, the end of namespaces, and of objects whose owner is gone.
    /// </summary>
    public bool Controllers { get; init; } = true;

    /// <summary>The IPv4 range of cluster IPs; it holds at least 1024 of them.</summary>
    public IPNetwork ServiceRange { get; init; } = IPNetwork.Parse("10.96.0.0/16");

    /// <summary>Objects that are there from the start, stored as they are.</summary>
    public IReadOnlyList<JsonObject> InitialObjects { get; init; } = [];

    /// <summary>
    /// Where a webhook's service reference (namespace, name, port) leads. Null is as in a cluster without a network: the call fails.
    /// </summary>
    public Func<string, string, int, DnsEndPoint?>? ServiceResolver { get; init; }
}
