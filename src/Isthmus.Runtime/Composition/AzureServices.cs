using Microsoft.Extensions.DependencyInjection;

namespace Isthmus.Runtime.Composition;

/// <summary>Registers what leads over Azure.</summary>
public static class AzureServices
{
    public static IServiceCollection AddAzure(this IServiceCollection services, AzureParts azure)
    {
        services.AddSingleton(azure.Vaults);
        services.AddSingleton(azure.Arm);
        services.AddSingleton(azure.Access);
        return services;
    }
}
