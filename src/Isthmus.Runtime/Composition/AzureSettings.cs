using Azure;
using Azure.Core;
using Azure.Identity;
using Isthmus.Core.Events;
using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Composition;

/// <summary>The parts on Azure, from the app's settings and under its managed identity.</summary>
public static class AzureSettings
{
    /// <summary>The https address of the document's blob, or a path.</summary>
    public const string MeshDocument = "ISTHMUS_MESH_DOCUMENT";
    public const string PublicUrl = "ISTHMUS_PUBLIC_URL";
    public const string TopicEndpoint = "ISTHMUS_TOPIC_ENDPOINT";
    public const string Vault = "ISTHMUS_VAULT";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Reads settings and, from the vault, the keys of the webhooks' tokens. What is wrong does not keep the process from starting, since
    /// the Functions host would only start it over and over: every function fails with the reason until it is mended.
    /// </summary>
    public static async Task<IsthmusParts> ReadAsync(Func<string, string?> setting, CancellationToken cancellationToken)
    {
        var credential = new DefaultAzureCredential();
        if (Fault(setting) is { } fault)
            return Unusable(fault, credential);
        var azure = new AzureParts(credential, TimeProvider.System);
        var read = await TryReadKeysAsync(azure.Vaults, Address(setting, Vault), cancellationToken).ConfigureAwait(false);
        return new IsthmusParts
        {
            Documents = azure.Documents(setting(MeshDocument) ?? ""),
            Blob = MeshDocumentSources.BlobAddress(setting(MeshDocument) ?? "") is { } address ? new DocumentBlob(address) : null,
            Vaults = azure.Vaults,
            Topic = TopicClients.Create(Address(setting, TopicEndpoint), credential),
            Arm = azure.Arm,
            Access = azure.Access,
            // A vault that gave no keys at the start is asked again by whoever needs them, until it does.
            Webhooks = _ => new WebhookSettings { BaseUrl = Address(setting, PublicUrl), Keys = read ?? ReadKeys(azure.Vaults, Address(setting, Vault)) },
        };
    }

    private static string? Fault(Func<string, string?> setting)
    {
        var missing = new[] { MeshDocument, PublicUrl, TopicEndpoint, Vault }.Where(name => string.IsNullOrEmpty(setting(name))).ToList();
        if (missing.Count > 0)
            return $"These settings are missing: {string.Join(", ", missing)}";
        var wrong = new[] { PublicUrl, TopicEndpoint, Vault }.Where(name => !IsHttps(setting(name))).ToList();
        return wrong.Count > 0 ? $"These settings have to be https addresses: {string.Join(", ", wrong)}" : null;
    }

    private static IsthmusParts Unusable(string fault, TokenCredential credential) => new()
    {
        Documents = new UnusableDocuments(fault),
        Vaults = new VaultClients(credential),
        Topic = TopicClients.Create(new Uri("https://settings-are-missing.invalid/api/events"), credential),
        Webhooks = _ => throw new InvalidOperationException(fault),
    };

    private static async Task<IReadOnlyList<byte[]>?> TryReadKeysAsync(VaultClients vaults, Uri vault, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await new KeyVaultWebhookKeys(vaults).ReadAsync(vault, KeyVaultWebhookKeys.DefaultSecret, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        // A refusal, no identity, silence, or no secret yet: whoever needs the keys meets it again and says so.
        catch (Exception e) when (e is RequestFailedException or AuthenticationFailedException or AggregateException or InvalidOperationException)
        {
            return null;
        }
    }

    // Services are made without waiting, and this is the way for a start that found no vault only.
    private static IReadOnlyList<byte[]> ReadKeys(VaultClients vaults, Uri vault)
    {
        using var patience = new CancellationTokenSource(Patience);
        return new KeyVaultWebhookKeys(vaults).ReadAsync(vault, KeyVaultWebhookKeys.DefaultSecret, patience.Token).GetAwaiter().GetResult();
    }

    private static bool IsHttps(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps;

    private static Uri Address(Func<string, string?> setting, string name) => new(setting(name) ?? "");

    /// <summary>No document, and why.</summary>
    private sealed class UnusableDocuments(string fault) : IMeshDocumentSource
    {
        public Task<MeshDocument> ReadAsync(CancellationToken cancellationToken) => throw new InvalidOperationException(fault);
    }
}
