using System.Collections.Immutable;
using System.Globalization;
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

    // What a ConfigMap's values may hold in all (the API server's validation).
    private const int MostBytes = 1024 * 1024;
    private const int WarnBytes = MostBytes / 10 * 8;

    private static readonly ImmutableArray<IDnsProvider> Providers = [new CorefileProvider(), new CoreDnsCustomProvider()];

    /// <summary>The ConfigMap that holds a cluster's records; null where none are written.</summary>
    public static ObjectId? Target(MeshCluster cluster) => Provider(cluster.Dns) is { } provider ? Id(cluster, provider) : null;

    /// <summary>The ConfigMaps that held a cluster's records if it had another provider before: what of ours is left there goes.</summary>
    public static ImmutableArray<ObjectId> FormerTargets(MeshCluster cluster) =>
        [.. Providers.Where(provider => provider != Provider(cluster.Dns)).Select(provider => Id(cluster, provider))];

    /// <summary>Whether anything of ours stands in a cluster's ConfigMap. Until it does, what others have beside it counts too.</summary>
    public static bool Holds(MeshCluster cluster, JsonObject? live) => live is not null && Provider(cluster.Dns)?.Holds(live) == true;

    /// <summary>The steps for one cluster, and what there is to say of them.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="mesh">The document.</param>
    /// <param name="live">The ConfigMap that holds its records.</param>
    /// <param name="wanted">The records in scope, host name to address.</param>
    /// <param name="scope">What the run looks at.</param>
    /// <param name="beside">The ConfigMaps of the other providers, which CoreDNS may read as well.</param>
    public static IEnumerable<PlannedAction> Plan(
        MeshCluster cluster, MeshDocument mesh, JsonObject? live, IReadOnlyDictionary<string, string> wanted, FederationScope scope, params IReadOnlyList<JsonObject> beside) =>
        Provider(cluster.Dns) is { } provider ? Plan(provider, Id(cluster, provider), mesh, live, wanted, scope, KeepsDomain(mesh, cluster), Beside(provider, mesh, live, beside)) : [];

    /// <summary>Takes what is left of ours out of the ConfigMap of another provider.</summary>
    public static IEnumerable<PlannedAction> PlanFormer(MeshCluster cluster, MeshDocument mesh, JsonObject live)
    {
        var provider = Providers.Single(provider => provider.ConfigMap == live.Name());
        return provider == Provider(cluster.Dns) || !provider.Holds(live)
            ? []
            : Plan(provider, Id(cluster, provider), mesh, live, ImmutableSortedDictionary<string, string>.Empty, FederationScope.Everything, keepsDomain: false, refusalBeside: null);
    }

    /// <summary>The records that stand in a cluster's ConfigMap, host name to address.</summary>
    public static ImmutableSortedDictionary<string, string> Read(MeshCluster cluster, JsonObject? live) =>
        live is not null && Provider(cluster.Dns) is { } provider ? provider.Read(live) : ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether a record belongs to a name in scope: the last two labels before the domain, since pods have names below their service's.</summary>
    internal static bool IsInScope(string host, string domain, FederationScope scope)
    {
        if (scope.IsEverything)
            return true;
        var labels = host.EndsWith("." + domain, StringComparison.Ordinal) ? host[..^(domain.Length + 1)].Split('.') : [];
        return labels is [.., var name, var ns] && scope.Includes(new ServiceName(ns, name));
    }

    /// <summary>
    /// The domain is answered here from a cluster's joining to its leaving, with names or without. CoreDNS takes up to 37 s to see that a block came or
    /// went; a name in a block that stands comes and goes in time, and no question about the domain leaves the cluster.
    /// </summary>
    private static bool KeepsDomain(MeshDocument mesh, MeshCluster cluster) => !cluster.Leaving && mesh.Clusters.Any(other => !other.MayExport.IsEmpty);

    private static List<PlannedAction> Plan(
        IDnsProvider provider, ObjectId id, MeshDocument mesh, JsonObject? live, IReadOnlyDictionary<string, string> wanted, FederationScope scope, bool keepsDomain,
        string? refusalBeside)
    {
        if (live is null && !provider.MayCreate)
            return wanted.Count == 0 ? [] : [new PlannedAction.Skipped(id, $"there is no ConfigMap {Namespace}/{provider.ConfigMap}: set dns in the mesh document")];
        var start = live ?? Ownership.NewObject(id, mesh.Name);
        if (provider.Clash(start, mesh) is { } clash)
            return wanted.Count == 0 ? [] : [new PlannedAction.Skipped(id, clash)];
        var standing = provider.Read(start);
        var kept = standing.Where(record => !IsInScope(record.Key, mesh.Domain, scope) && record.Key.EndsWith("." + mesh.Domain, StringComparison.Ordinal));
        var records = kept.Concat(wanted).ToImmutableSortedDictionary(record => record.Key, record => record.Value, StringComparer.Ordinal);
        var refusal = provider.Refusal(start, mesh) ?? refusalBeside;
        if (!records.IsEmpty && refusal is not null)
            return [new PlannedAction.Skipped(id, refusal)];
        if (records.IsEmpty && (!keepsDomain || refusal is not null))
            return Cleared(provider, id, mesh, live);
        var (content, notes) = Fit(provider, mesh, start, standing, records);
        return [Step(provider, id, mesh, live, content), .. notes.Concat(provider.Notices(start, mesh)).Select(note => new PlannedAction.Skipped(id, note))];
    }

    /// <summary>
    /// Why our block must not be written because of another ConfigMap: with two blocks for one domain CoreDNS does not start, and no name in the
    /// cluster resolves.
    /// </summary>
    private static string? Beside(IDnsProvider provider, MeshDocument mesh, JsonObject? live, IReadOnlyList<JsonObject> beside) => beside
        .SelectMany(configMap => Providers.Where(other => other != provider && other.ConfigMap == configMap.Name()), (configMap, other) => (ConfigMap: configMap, Other: other))
        // CoreDNS reads its own Corefile always, additions only where that imports them.
        .Where(entry => !entry.Other.MayCreate || (live is not null && CorefileText.Imports(CorefileProvider.Corefile(live))))
        .Select(entry => entry.Other.Refusal(entry.ConfigMap, mesh)).OfType<string>().FirstOrDefault();

    private static List<PlannedAction> Cleared(IDnsProvider provider, ObjectId id, MeshDocument mesh, JsonObject? live)
    {
        if (live is not null && provider.Holds(live))
            return [Step(provider, id, mesh, live, provider.Clear(live))];
        return live is not null && provider.MayCreate && IsLeftOver(live, mesh) ? [new PlannedAction.Delete(id, live)] : [];
    }

    private static PlannedAction Step(IDnsProvider provider, ObjectId id, MeshDocument mesh, JsonObject? live, JsonObject content)
    {
        if (live is null)
            return new PlannedAction.Create(id, content);
        return provider.MayCreate && IsLeftOver(content, mesh) ? new PlannedAction.Delete(id, live) : PlanDiff.Step(id, live, content);
    }

    /// <summary>A ConfigMap that we made and that nobody has put anything into.</summary>
    private static bool IsLeftOver(JsonObject configMap, MeshDocument mesh) =>
        Ownership.IsOurs(configMap, mesh.Name) && configMap["data"] is not JsonObject { Count: > 0 } && configMap["binaryData"] is not JsonObject { Count: > 0 };

    /// <summary>Where there is no room for all, what stands stays right, and new names come in by their order as far as they fit.</summary>
    private static (JsonObject Content, IEnumerable<string> Notes) Fit(
        IDnsProvider provider, MeshDocument mesh, JsonObject start, ImmutableSortedDictionary<string, string> standing, ImmutableSortedDictionary<string, string> records)
    {
        var content = provider.Write(start, mesh, records);
        var size = Size(content);
        if (size <= WarnBytes)
            return (content, []);
        if (size <= MostBytes)
        {
            var part = string.Create(CultureInfo.InvariantCulture, $"{100L * size / MostBytes} % of a ConfigMap's 1 MiB");
            return (content, [$"{records.Count} records take {part}: use dns: private or dns: sidecar before it is full"]);
        }

        var added = records.Where(record => !standing.ContainsKey(record.Key)).ToList();
        var (fits, fitsNot) = (0, added.Count);
        while (fitsNot - fits > 1)
        {
            var tried = (fits + fitsNot) / 2;
            (fits, fitsNot) = Size(provider.Write(start, mesh, Without(tried))) <= MostBytes ? (tried, fitsNot) : (fits, tried);
        }

        var left = added.Count - fits;
        var note = left == 0
            ? "what others keep in it leaves no room for our records: make room"
            : $"{left} of {records.Count} records do not fit into a ConfigMap's 1 MiB, the first of them {added[fits].Key}: use dns: private or dns: sidecar";
        return (provider.Write(start, mesh, Without(fits)), [note]);

        ImmutableSortedDictionary<string, string> Without(int count) => records.RemoveRange(added.Skip(count).Select(record => record.Key));
    }

    private static ObjectId Id(MeshCluster cluster, IDnsProvider provider) => new(cluster.Name, ResourceKind.ConfigMap, Namespace, provider.ConfigMap);

    private static IDnsProvider? Provider(DnsKind kind) => kind switch
    {
        DnsKind.CoreDns => Providers[0],
        DnsKind.CoreDnsCustom => Providers[1],
        _ => null,
    };

    private static int Size(JsonObject configMap) =>
        Values(configMap, "data").Sum(Encoding.UTF8.GetByteCount) + Values(configMap, "binaryData").Sum(value => value.Length / 4 * 3);

    private static IEnumerable<string> Values(JsonObject configMap, string field) => ObjectMetadata.Strings(configMap[field] as JsonObject).Values;
}
