using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Runtime.Kubernetes;
using k8s;
using k8s.KubeConfigModels;
using Xunit;

namespace Isthmus.System.Tests.Clusters;

/// <summary>
/// Clusters for a test: embedded ones of its own, or the user's (<see cref="RealClusterPool"/>), tidied up before and after (<see cref="RealClusterContent"/>).
/// Isthmus reaches those through a <see cref="CutRelay"/>, so that a test can cut their network.
/// </summary>
internal static class TestClusters
{
    private static readonly ResourceKind Definition = new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    public static bool AreReal => RealClusterPool.AreUsed;

    /// <summary>Embedded clusters, or the user's where the variable names some. The caller gives them back with <see cref="ReturnAsync"/>.</summary>
    /// <param name="mayBeUsed">Whether the test can do with clusters that others use too; else it runs on disposable ones only.</param>
    public static async Task<IReadOnlyList<TestCluster>> StartAsync(
        IReadOnlyList<EmbeddedClusterOptions> clusters, string folder, CancellationToken cancellationToken, bool mayBeUsed = false) =>
        AreReal
            ? await TakeAsync([.. clusters.Select(cluster => cluster.Name)], folder, mayBeUsed, cancellationToken)
            : await Task.WhenAll(clusters.Select(cluster => TestCluster.StartAsync(cluster, Path.Combine(folder, $"{cluster.Name}.kubeconfig"), cancellationToken)));

    public static Task<IReadOnlyList<TestCluster>> StartAsync(IReadOnlyList<string> names, string folder, CancellationToken cancellationToken, bool mayBeUsed = false) =>
        StartAsync([.. names.Select(name => new EmbeddedClusterOptions { Name = name })], folder, cancellationToken, mayBeUsed);

    /// <summary>Gives the clusters back, without what the test wrote.</summary>
    public static async Task ReturnAsync(IReadOnlyList<TestCluster> clusters)
    {
        try
        {
            if (AreReal)
                await Task.WhenAll(clusters.Select(cluster => RealClusterContent.TidyAsync(cluster, CancellationToken.None)));
        }
        finally
        {
            foreach (var cluster in clusters)
                await cluster.DisposeAsync();
            if (AreReal)
                RealClusterPool.Return([.. clusters.Select(cluster => cluster.Original)]);
        }
    }

    private static async Task<IReadOnlyList<TestCluster>> TakeAsync(IReadOnlyList<string> names, string folder, bool mayBeUsed, CancellationToken cancellationToken)
    {
        var paths = await RealClusterPool.TakeAsync(names.Count, cancellationToken);
        try
        {
            return await Task.WhenAll(names.Zip(paths, async (name, path) =>
            {
                var (relay, kubeconfig) = await RelayAsync(path, cancellationToken);
                var copy = Path.Combine(folder, $"{name}.kubeconfig");
                await File.WriteAllTextAsync(copy, KubernetesYaml.Serialize(kubeconfig), cancellationToken);
                var cluster = new TestCluster(new ClusterName(name), copy, path, relay);
                var isDisposable = await RealClusterContent.TidyAsync(cluster, cancellationToken);
                Assert.SkipUnless(mayBeUsed || isDisposable, $"Did not run: this test empties its clusters, and {path} is not marked for that: kubectl label namespace default {RealClusterContent.Disposable}=true");
                return cluster;
            }));
        }
        catch
        {
            RealClusterPool.Return(paths);
            throw;
        }
    }

    /// <summary>Creates the definitions that are missing, and waits until their kinds are served: a real server takes its time.</summary>
    public static async Task DefineAsync(ClusterApi api, IReadOnlyList<JsonObject> definitions, CancellationToken cancellationToken)
    {
        foreach (var definition in definitions)
        {
            if (await api.GetAsync(Definition, null, definition.Name(), cancellationToken) is null)
                await api.CreateAsync(Definition, definition, cancellationToken);
        }

        foreach (var definition in definitions)
        {
            while (!await IsServedAsync(api, definition, cancellationToken))
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private static async Task<bool> IsServedAsync(ClusterApi api, JsonObject definition, CancellationToken cancellationToken)
    {
        var (group, plural) = ((string?)definition["spec"]?["group"] ?? "", (string?)definition["spec"]?["names"]?["plural"] ?? "");
        foreach (var version in (definition["spec"]?["versions"] as JsonArray ?? []).Where(version => (bool?)version?["served"] == true))
        {
            try
            {
                await api.ListAsync(new ResourceKind(group, (string?)version?["name"] ?? "", "", plural, false), null, null, null, cancellationToken);
            }
            catch (ClusterApiException early) when (early.Status is 404 or 503 or 429)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<(CutRelay Relay, K8SConfiguration Kubeconfig)> RelayAsync(string path, CancellationToken cancellationToken)
    {
        var kubeconfig = await KubernetesClientConfiguration.LoadKubeConfigAsync(path);
        var endpoint = kubeconfig.Clusters.First(cluster => cluster.Name == kubeconfig.Contexts.First(context => context.Name == kubeconfig.CurrentContext).ContextDetails.Cluster).ClusterEndpoint;
        var server = new Uri(endpoint.Server);
        var relay = await CutRelay.StartAsync(server.Host, server.Port, cancellationToken);
        endpoint.Server = $"https://127.0.0.1:{relay.Port}";
        endpoint.TlsServerName ??= server.Host;
        return (relay, kubeconfig);
    }
}
