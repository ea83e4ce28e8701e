using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.Kubernetes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Registers the reconcilers. They need a mesh document source and a certificate source beside them; without webhook settings, webhooks stay as they are.</summary>
public static class ReconcilerRegistration
{
    public static IServiceCollection AddReconcilers(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ClusterApiOptions());
        services.TryAddSingleton(new ReconcilerOptions());
        services.TryAddSingleton<ClusterConnections>();
        services.TryAddSingleton<MeshRun>();
        services.TryAddSingleton<ServiceReconciler>();
        services.TryAddSingleton<ClusterReconciler>();
        services.TryAddSingleton<TrustReconciler>();
        services.TryAddSingleton<ResyncReconciler>();
        services.TryAddSingleton(new GatewayProbeOptions());
        services.TryAddSingleton<GatewayReconciler>();
        services.TryAddSingleton<IHostResolver, DnsHostResolver>();
        services.TryAddSingleton<ResolvedHosts>();
        return services;
    }
}
