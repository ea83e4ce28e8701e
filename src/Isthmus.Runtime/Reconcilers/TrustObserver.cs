using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Reads one cluster's trust: the Secret that is written first, then what istiod made of it.</summary>
internal static class TrustObserver
{
    private const string RootConfigMap = "istio-ca-root-cert";

    public static async Task<TrustSnapshot> ReadAsync(ClusterApi api, MeshDocument mesh, CancellationToken cancellationToken)
    {
        await NamespaceObserver.ReadAsync(api, mesh, cancellationToken).ConfigureAwait(false);
        var target = TrustPlanner.CaSecret(api.Cluster);
        var secret = await api.GetAsync(target.Kind, target.Namespace, target.Name, cancellationToken).ConfigureAwait(false);
        var ns = await api.GetAsync(ResourceKind.Namespace, null, SystemNamespaces.Istio, cancellationToken).ConfigureAwait(false);
        var published = PublishedAsync(api, cancellationToken);
        var selfSigned = api.GetAsync(ResourceKind.Secret, SystemNamespaces.Istio, "istio-ca-secret", cancellationToken);
        var istiods = api.ListAsync(ResourceKind.Deployment, SystemNamespaces.Istio, "app=istiod", null, cancellationToken);
        await Task.WhenAll(published, selfSigned, istiods).ConfigureAwait(false);
        return new TrustSnapshot(ns is not null && !ns.IsTerminating(), secret)
        {
            PublishedRoot = await published.ConfigureAwait(false),
            SelfSigned = await selfSigned.ConfigureAwait(false),
            Istiods = [.. (await istiods.ConfigureAwait(false)).Where(Runs).Select(Istiod)],
        };
    }

    /// <summary>istiod writes its roots into every namespace that its discovery selectors pick, which istio-system need not be.</summary>
    private static async Task<string?> PublishedAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        var own = await api.GetAsync(ResourceKind.ConfigMap, SystemNamespaces.Istio, RootConfigMap, cancellationToken).ConfigureAwait(false);
        if (Roots(own) is { } roots)
            return roots;
        var others = await api.ListAsync(ResourceKind.ConfigMap, null, null, $"metadata.name={RootConfigMap}", cancellationToken).ConfigureAwait(false);
        var distinct = others.Select(Roots).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        // Where namespaces disagree istiod is not done with a change; their texts in a row equal no Secret's roots.
        return distinct.Count == 0 ? null : string.Join('\n', distinct.Order(StringComparer.Ordinal));
    }

    private static string? Roots(JsonObject? configMap) => ObjectMetadata.TextOf((configMap?["data"] as JsonObject)?["root-cert.pem"]);

    private static TrustIstiod Istiod(JsonObject istiod) => new(
        istiod.Name(),
        IstiodDeployment.Version(istiod),
        TrustIstiod.ReadsAsTrue(IstiodDeployment.Environment(istiod).GetValueOrDefault("ISTIO_MULTIROOT_MESH")));

    private static bool Runs(JsonObject istiod) => !(istiod["spec"]?["replicas"] is JsonValue replicas && replicas.TryGetValue(out int count) && count == 0);
}
