using Isthmus.Core.Events;
using Isthmus.Runtime.Endpoints;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Logging;
using Isthmus.Runtime.Reconcilers;
using Isthmus.Runtime.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Isthmus.Runtime.Composition;

/// <summary>Registers all that the function classes ask for.</summary>
public static class IsthmusServices
{
    public static IServiceCollection AddIsthmus(this IServiceCollection services, IsthmusParts parts)
    {
        services.AddRedaction();
        services.TryAddSingleton(parts.Time);
        services.AddSingleton(parts.Documents);
        services.AddSingleton(parts.Vaults);
        services.AddSingleton(parts.Webhooks);
        if (parts.Blob is { } blob)
            services.AddSingleton(blob);
        if (parts.Arm is { } arm)
            services.AddSingleton(arm);
        if (parts.Access is { } access)
            services.AddSingleton(access);
        services.AddSingleton<IMeshEventPublisher>(new EventGridMeshEventPublisher(parts.Topic));
        services.AddSingleton<ICertificateSource, KeyVaultCertificateSource>();
        services.AddSingleton<WebhookGuard>();
        services.AddSingleton<ChangeNotifier>();
        services.AddSingleton<EventRuns>();
        services.AddSingleton<ServiceRuns>();
        services.AddSingleton<EventDeliveries>();
        services.AddSingleton<ClusterEvents>();
        services.AddSingleton<EndpointSlicePoll>();
        services.AddSingleton<NameFanOut>();
        return services.AddReconcilers().AddInjection().AddEndpoints();
    }
}
