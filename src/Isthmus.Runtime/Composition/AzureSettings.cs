using Azure.Identity;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.PrivateDns;

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
        var vaults = new VaultClients(credential);
        var keys = await new KeyVaultWebhookKeys(vaults)
            .ReadAsync(Address(setting, Vault), KeyVaultWebhookKeys.DefaultSecret, cancellationToken).ConfigureAwait(false);
        var webhooks = new WebhookSettings { BaseUrl = Address(setting, PublicUrl), Keys = keys };
        return new IsthmusParts
        {
            Documents = MeshDocumentSources.Open(setting(MeshDocument) ?? "", () => credential, TimeProvider.System),
            Vaults = vaults,
            Topic = TopicClients.Create(Address(setting, TopicEndpoint), credential),
            Arm = new ArmClient(credential, TimeProvider.System),
            Webhooks = _ => webhooks,
        };
    }

    private static Uri Address(Func<string, string?> setting, string name) =>
        Uri.TryCreate(setting(name), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            ? address
            : throw new InvalidOperationException($"Setting {name} has to be an https address.");
}
