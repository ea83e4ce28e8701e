using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Dns;

/// <summary>Plans a cluster's records for global names: those in scope are set or removed, the others stay as they stand.</summary>
public static class DnsPlanner
{
    public const string Namespace = "kube-system";

    // The API server's limit for a whole object is 1.5 MiB of etcd request; a ConfigMap's data may hold 1 MiB.
    private const int MostBytes = 1024 * 1024;

    /// <summary>The ConfigMap that holds a cluster's records; null where none are written.</summary>
    public static ObjectId? Target(MeshCluster cluster) =>
        Provider(cluster.Dns) is { } provider ? new ObjectId(cluster.Name, ResourceKind.ConfigMap, Namespace, provider.ConfigMap) : null;

    /// <summary>The step for one cluster; null where it keeps no records and there is nothing to say.</summary>
    public static PlannedAction? Plan(
        MeshCluster cluster, MeshDocument mesh, JsonObject? live, IReadOnlyDictionary<string, string> wanted, FederationScope scope)
    {
        if (Provider(cluster.Dns) is not { } provider || Target(cluster) is not { } id)
            return null;
        var standing = live is null ? ImmutableSortedDictionary<string, string>.Empty : provider.Read(live);
        var kept = standing.Where(record => !IsInScope(record.Key, mesh.Domain, scope));
        var records = kept.Concat(wanted).ToImmutableSortedDictionary(record => record.Key, record => record.Value, StringComparer.Ordinal);
        if (live is null && records.IsEmpty)
            return null;
        if (provider.Refusal(live, mesh.Domain) is { } refusal)
            return records.IsEmpty && standing.IsEmpty ? null : new PlannedAction.Skipped(id, refusal);
        var content = provider.Write(live, mesh.Domain, records);
        if (Size(content) > MostBytes && Size(content) > Size(live))
            return new PlannedAction.Skipped(id, $"{records.Count} records do not fit into a ConfigMap's 1 MiB");
        return live is null ? new PlannedAction.Create(id, content) : PlanDiff.Step(id, live, content);
    }

    /// <summary>The records that stand in a cluster's ConfigMap, host name to address.</summary>
    public static ImmutableSortedDictionary<string, string> Read(MeshCluster cluster, JsonObject? live) =>
        live is not null && Provider(cluster.Dns) is { } provider ? provider.Read(live) : ImmutableSortedDictionary<string, string>.Empty;

    private static IDnsProvider? Provider(DnsKind kind) => kind switch
    {
        DnsKind.CoreDns => new CorefileProvider(),
        DnsKind.CoreDnsCustom => new CoreDnsCustomProvider(),
        DnsKind.Sidecar or DnsKind.None => null,
        _ => throw new UnreachableException(),
    };

    private static bool IsInScope(string host, string domain, FederationScope scope)
    {
        if (scope.IsEverything)
            return true;
        var labels = host.EndsWith("." + domain, StringComparison.Ordinal) ? host[..^(domain.Length + 1)].Split('.') : [];
        return labels is [var name, var ns] && scope.Includes(new ServiceName(ns, name));
    }

    private static int Size(JsonObject? configMap) =>
        (configMap?["data"] as JsonObject ?? []).Sum(entry => entry.Key.Length + Encoding.UTF8.GetByteCount(ObjectMetadata.TextOf(entry.Value) ?? ""));
}
