using Azure.Identity;
using Azure.Messaging.EventGrid;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.KeyVault;

namespace Isthmus.Runtime.Composition;

/// <summary>The parts on Azure, from the app's settings and under its managed identity.</summary>
public static class AzureSettings
{
    /// <summary>The https address of the document's blob, or a path.</summary>
    public const string MeshDocument = "ISTHMUS_MESH_DOCUMENT";
    public const string PublicUrl = "ISTHMUS_PUBLIC_URL";
    public const string TopicEndpoint = "ISTHMUS_TOPIC_ENDPOINT";
    public const string Vault = "ISTHMUS_VAULT";

    /// <summary>Reads settings and, from the vault, the keys of the webhooks' tokens. Throws with every setting that is missing.</summary>
    public static async Task<IsthmusParts> ReadAsync(Func<string, string?> setting, CancellationToken cancellationToken)
    {
        var missing = new[] { MeshDocument, PublicUrl, TopicEndpoint, Vault }.Where(name => string.IsNullOrEmpty(setting(name))).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"These settings are missing: {string.Join(", ", missing)}");
        var credential = new DefaultAzureCredential();
        var azure = new AzureParts(credential, TimeProvider.System);
        var keys = await new KeyVaultWebhookKeys(azure.Vaults)
            .ReadAsync(Address(setting, Vault), KeyVaultWebhookKeys.DefaultSecret, cancellationToken).ConfigureAwait(false);
        var webhooks = new WebhookSettings { BaseUrl = Address(setting, PublicUrl), Keys = keys };
        return new IsthmusParts
        {
            Documents = azure.Documents(setting(MeshDocument) ?? ""),
            Vaults = azure.Vaults,
            Topic = new EventGridPublisherClient(Address(setting, TopicEndpoint), credential),
            Arm = azure.Arm,
            Access = azure.Access,
            Webhooks = _ => webhooks,
        };
    }

    private static Uri Address(Func<string, string?> setting, string name) =>
        Uri.TryCreate(setting(name), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            ? address
            : throw new InvalidOperationException($"Setting {name} has to be an https address.");
}
