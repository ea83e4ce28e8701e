using Azure;
using Azure.Core.Pipeline;
using Isthmus.Cli.Hosting;
using Isthmus.Core.Events;
using Isthmus.Core.Webhooks;
using Isthmus.Embedded.EventGrid;
using Isthmus.Embedded.Tls;
using Isthmus.Functions;
using Isthmus.Runtime.Aks;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Local;

/// <summary>What the functions need on this machine.</summary>
internal sealed record LocalFunctionsOptions
{
    public required LoopbackAuthority Authority { get; init; }
    public required IMeshDocumentSource Documents { get; init; }
    public required VaultClients Vaults { get; init; }
    public required EmbeddedEventGrid Events { get; init; }

    /// <summary>Null where there is no Azure to reach, as in the demo.</summary>
    public ArmClient? Arm { get; init; }

    /// <summary>Null where there is no Azure to reach, as in the demo.</summary>
    public AzureAccess? Access { get; init; }
    public required IReadOnlyList<byte[]> WebhookKeys { get; init; }

    /// <summary>Where API servers reach the host; its own loopback address unless given.</summary>
    public Uri? PublicUrl { get; init; }

    public int Port { get; init; }
    public FunctionFaults Faults { get; init; } = new();
    public ILoggerFactory? LoggerFactory { get; init; }
}

/// <summary>The functions in a host on this machine, subscribed to an embedded event grid as the deployment subscribes them on Azure.</summary>
internal static class LocalFunctions
{
    public static async Task<FunctionHost> StartAsync(LocalFunctionsOptions options, CancellationToken cancellationToken)
    {
        var topic = TopicClients.Create(
            options.Events.TopicEndpoint, new AzureKeyCredential(options.Events.TopicKey), new HttpClientTransport(PinnedConnections.TrustOnly(options.Authority.Pem)));
        var parts = new IsthmusParts
        {
            Documents = options.Documents,
            Vaults = options.Vaults,
            Arm = options.Arm,
            Access = options.Access,
            Topic = topic,
            Webhooks = services => new WebhookSettings
            {
                BaseUrl = options.PublicUrl ?? OwnAddress(services),
                CaBundle = options.Authority.Pem,
                Keys = options.WebhookKeys,
            },
        };
        var host = await FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Certificate = options.Authority.Issue(options.PublicUrl is { HostNameType: UriHostNameType.Dns } url ? [url.Host] : []),
                Functions = typeof(NotifyChange).Assembly,
                Services = services => services.AddIsthmus(parts),
                Port = options.Port,
                Faults = options.Faults,
                LoggerFactory = options.LoggerFactory,
            },
            cancellationToken);
        try
        {
            foreach (var (function, types) in EventRoutes.All)
                await options.Events.SubscribeAsync(new EventSubscription(function, host.EventEndpoint(function), host.Keys.EventGrid) { EventTypes = types }, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for a look at every cluster of the document, as the document's own change event does on Azure.</summary>
    public static async Task AnnounceClustersAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var document = await services.GetRequiredService<IMeshDocumentSource>().LookAsync(isDryRun: false, cancellationToken);
        var publisher = services.GetRequiredService<IMeshEventPublisher>();
        await publisher.PublishAsync([.. document.Clusters.Select(cluster => new MeshEvent.ClusterChanged(cluster.Name))], cancellationToken);
    }

    private static Uri OwnAddress(IServiceProvider services)
    {
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses;
        return new Uri(addresses?.FirstOrDefault() ?? throw new InvalidOperationException("The host does not listen yet."));
    }
}
