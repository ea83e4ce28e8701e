using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.Injection;

/// <summary>Registers injection.</summary>
public static class InjectionServices
{
    /// <summary>Needs the mesh document's source, the clusters' connections and a clock.</summary>
    public static IServiceCollection AddInjection(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(new InjectionCacheOptions());
        services.TryAddSingleton<InjectionMetrics>();
        services.TryAddSingleton<PodInjection>();
        services.TryAddSingleton(provider => new InjectionSettingsCache(
            (cluster, cancellationToken) => ConnectAsync(provider, cluster, cancellationToken),
            provider.GetRequiredService<InjectionCacheOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<InjectionSettingsCache>>()));
        return services;
    }

    private static async Task<IstioSettingsReader> ConnectAsync(IServiceProvider provider, MeshCluster cluster, CancellationToken cancellationToken)
    {
        ClusterConnections connections = provider.GetRequiredService<ClusterConnections>();
        try
        {
            ClusterApi controlPlane = await connections.GetAsync(cluster.ControlPlane, cancellationToken).ConfigureAwait(false);
            return new IstioSettingsReader(controlPlane, cluster.HasOwnControlPlane ? controlPlane : connections.Get(cluster));
        }
        catch (MeshDocumentException fault)
        {
            throw new InjectionUnavailableException($"the mesh document does not hold: {fault.Message}", fault);
        }
        catch (StorageUnavailableException fault)
        {
            throw new InjectionUnavailableException($"the mesh document cannot be read: {fault.Message}", fault);
        }
    }
}
