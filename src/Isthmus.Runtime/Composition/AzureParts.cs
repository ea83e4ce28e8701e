using Azure.Core;
using Isthmus.Runtime.Aks;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Storage;

namespace Isthmus.Runtime.Composition;

/// <summary>Azure under one identity: nothing is asked of it before it is needed.</summary>
public sealed class AzureParts(TokenCredential credential, TimeProvider time)
{
    public ArmClient Arm { get; } = new(credential, time);

    public VaultClients Vaults { get; } = new(credential);

    public AzureAccess Access => field ??= new AzureAccess(Arm, credential, Vaults, time);

    /// <summary>The mesh document of a path or of a blob's https address, with the clusters that Azure knows of.</summary>
    public IMeshDocumentSource Documents(string place)
    {
        if (MeshDocumentSources.BlobAddress(place) is not { } address)
            return new DiscoveredMeshDocuments(new FileMeshDocumentSource(place), new FileText(place + DiscoveredMeshDocuments.RegisterSuffix), Arm, time);
        var blob = new BlobText(address, credential);
        var document = new BlobMeshDocumentSource(blob, blob.Beside(BlobMeshDocumentSource.LastGoodSuffix), time);
        return new DiscoveredMeshDocuments(document, blob.Beside(DiscoveredMeshDocuments.RegisterSuffix), Arm, time);
    }
}
