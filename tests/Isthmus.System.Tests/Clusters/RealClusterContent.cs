using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Kubernetes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Isthmus.System.Tests.Clusters;

/// <summary>
/// What tests leave in a real cluster. In one that is marked disposable, by a label on its namespace default, everything goes but what the server made for itself;
/// in any other only what an Isthmus wrote, so that nobody loses an Istio to a test.
/// </summary>
internal static class RealClusterContent
{
    public const string Disposable = "isthmus.dev/disposable";

    private static readonly ResourceKind Definition = new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    // What a server keeps for itself.
    private static readonly string[] OfTheServer = ["default", "kube-public", "kube-node-lease", "kube-system"];

    // A namespace's own objects go with what made them, not with a test.
    private static readonly string[] OfTheNamespace = ["kubernetes", "kube-root-ca.crt", "default", "extension-apiserver-authentication"];

    private static readonly ResourceKind[] Kinds =
    [
        .. typeof(ResourceKind).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<ResourceKind>()
            .Where(kind => kind != ResourceKind.Namespace),
        new("networking.istio.io", "v1beta1", "Sidecar", "sidecars", true),
        new("networking.istio.io", "v1beta1", "VirtualService", "virtualservices", true),
        new("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications", true),
        new("multicluster.x-k8s.io", "v1alpha1", "ServiceExport", "serviceexports", true),
    ];

    /// <summary>Removes what must not reach the next test.</summary>
    /// <returns>Whether the cluster is disposable, and therefore empty.</returns>
    public static async Task<bool> TidyAsync(TestCluster cluster, CancellationToken cancellationToken)
    {
        var marked = await cluster.Api.GetAsync(ResourceKind.Namespace, null, "default", cancellationToken);
        var isDisposable = marked?.Label(Disposable) == "true";
        foreach (var kind in Kinds)
        {
            foreach (var obj in await ListAsync(cluster.Api, kind, cancellationToken))
            {
                if (isDisposable ? IsOfTests(kind, obj) : obj.Label("app.kubernetes.io/managed-by") == "isthmus")
                    await DeleteAsync(cluster.Api, kind, obj, cancellationToken);
            }
        }

        if (isDisposable)
            await EmptyAsync(cluster, cancellationToken);
        return isDisposable;
    }

    /// <summary>A controller may write an object in between, and then it is deleted as it is after that.</summary>
    private static async Task DeleteAsync(ClusterApi api, ResourceKind kind, JsonObject seen, CancellationToken cancellationToken)
    {
        for (JsonObject? live = seen; live is not null; live = await api.GetAsync(kind, seen.NamespaceName(), seen.Name(), cancellationToken))
        {
            try
            {
                await api.DeleteAsync(kind, live, cancellationToken);
                return;
            }
            catch (ClusterApiException conflict) when (conflict.IsConflict)
            {
                continue;
            }
        }
    }

    private static async Task EmptyAsync(TestCluster cluster, CancellationToken cancellationToken)
    {
        var api = cluster.Api;
        using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Original));
        // Without a kubelet nobody ends a pod that was bound to a node.
        foreach (var pod in await ListAsync(api, ResourceKind.Pod, cancellationToken))
            await client.CoreV1.DeleteNamespacedPodAsync(pod.Name(), pod.NamespaceName(), gracePeriodSeconds: 0, cancellationToken: cancellationToken);
        foreach (var definition in await ListAsync(api, Definition, cancellationToken))
        {
            if (!definition.Name().EndsWith(".multicluster.x-k8s.io", StringComparison.Ordinal))
                continue;
            await api.DeleteAsync(Definition, definition, cancellationToken);
            while (await api.GetAsync(Definition, null, definition.Name(), cancellationToken) is not null)
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }

        foreach (var ns in await ListAsync(api, ResourceKind.Namespace, cancellationToken))
            await RemoveAsync(client, ns.Name(), cancellationToken);
    }

    private static async Task<IReadOnlyList<JsonObject>> ListAsync(ClusterApi api, ResourceKind kind, CancellationToken cancellationToken)
    {
        try
        {
            return await api.ListAsync(kind, null, null, null, cancellationToken);
        }
        catch (ClusterApiException unserved) when (unserved.Status == 404)
        {
            return [];
        }
    }

    private static bool IsOfTests(ResourceKind kind, JsonObject obj) =>
        kind.Namespaced
            ? !OfTheNamespace.Contains(obj.Name()) && (obj.NamespaceName() != "kube-system" || kind == ResourceKind.ConfigMap)
            : kind == ResourceKind.Node || !obj.Name().Contains(':', StringComparison.Ordinal) && obj.Label("kubernetes.io/bootstrapping") is null;

    /// <summary>Without a controller manager nobody else takes the finalizer of a namespace away.</summary>
    private static async Task RemoveAsync(k8s.Kubernetes client, string ns, CancellationToken cancellationToken)
    {
        if (OfTheServer.Contains(ns))
            return;
        await client.CoreV1.DeleteNamespaceAsync(ns, cancellationToken: cancellationToken);
        while (await FindAsync(client, ns, cancellationToken) is { } live)
        {
            live.Spec.Finalizers = [];
            try
            {
                await client.CoreV1.ReplaceNamespaceFinalizeAsync(live, ns, cancellationToken: cancellationToken);
            }
            catch (HttpOperationException gone) when (gone.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }
    }

    private static async Task<V1Namespace?> FindAsync(k8s.Kubernetes client, string ns, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CoreV1.ReadNamespaceAsync(ns, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException gone) when (gone.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
