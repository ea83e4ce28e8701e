using Azure.Messaging.EventGrid;
using Isthmus.Core.Events;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Aks;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Composition;

/// <summary>What differs between Azure, a host on this machine and the demo.</summary>
public sealed record IsthmusParts
{
    public required IMeshDocumentSource Documents { get; init; }

    /// <summary>The document's blob; null where it is a file.</summary>
    public DocumentBlob? Blob { get; init; }
    public required VaultClients Vaults { get; init; }
    public required EventGridPublisherClient Topic { get; init; }

    /// <summary>Null where there is no identity for Azure: then no zone of Azure Private DNS can be kept.</summary>
    public ArmClient? Arm { get; init; }

    /// <summary>Null where there is no identity for Azure: then no cluster is reached over it.</summary>
    public AzureAccess? Access { get; init; }

    /// <summary>Made on first use: a host on this machine knows its own address only once it listens.</summary>
    public required Func<IServiceProvider, WebhookSettings> Webhooks { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
