using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.Logging;

/// <summary>Puts redaction before whatever logger factory is registered.</summary>
public static class RedactionRegistration
{
    public static IServiceCollection AddRedaction(this IServiceCollection services)
    {
        services.AddLogging();
        var registered = services.Last(service => service.ServiceType == typeof(ILoggerFactory));
        services.AddSingleton<ILoggerFactory>(provider => new RedactingLoggerFactory(Create(registered, provider), ownsInner: registered.ImplementationInstance is null));
        return services;
    }

    private static ILoggerFactory Create(ServiceDescriptor registered, IServiceProvider provider)
    {
        var factory = registered.ImplementationInstance ?? registered.ImplementationFactory?.Invoke(provider)
            ?? (registered.ImplementationType is { } type ? ActivatorUtilities.CreateInstance(provider, type) : null);
        return factory as ILoggerFactory ?? throw new InvalidOperationException("The registered logger factory cannot be made.");
    }
}
