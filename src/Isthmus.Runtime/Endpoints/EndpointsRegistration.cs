using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Isthmus.Runtime.Endpoints;

/// <summary>Registers what DiscoverEndpoints needs, beside the connections to clusters.</summary>
public static class EndpointsRegistration
{
    public static IServiceCollection AddEndpoints(this IServiceCollection services)
    {
        services.TryAddSingleton<EndpointFeeds>();
        services.TryAddSingleton<EndpointDiscovery>();
        return services;
    }
}
