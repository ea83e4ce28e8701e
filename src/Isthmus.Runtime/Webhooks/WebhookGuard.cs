using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Webhooks;

/// <summary>Lets in webhook calls whose token fits: the cluster that is meant, or null without a hint what was wrong.</summary>
public sealed class WebhookGuard(IMeshDocumentSource documents, WebhookSettings settings)
{
    public async Task<MeshCluster?> AdmitAsync(string cluster, WebhookPurpose purpose, string token, CancellationToken cancellationToken)
    {
        var name = new ClusterName(cluster);
        // The token comes first: without one, nobody learns which clusters there are, not even from the time taken.
        if (!WebhookToken.Verify(settings.Keys, name, purpose, token))
            return null;
        var document = await documents.ReadRecentAsync(cancellationToken).ConfigureAwait(false);
        return document.Find(name);
    }
}
