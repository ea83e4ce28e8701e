using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;

namespace Isthmus.Runtime.KeyVault;

/// <summary>Where the intermediate CA lies: the mesh's vault.</summary>
public interface ICertificateSource
{
    /// <summary>The newest version of the certificate with its key and chain. Throws where the vault does not give them.</summary>
    Task<CaMaterial> ReadAsync(TrustSettings trust, CancellationToken cancellationToken);
}
