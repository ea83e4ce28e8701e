using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;

namespace Isthmus.Runtime.KeyVault;

/// <summary>Where the intermediate CA lies: the mesh's vault.</summary>
public interface ICertificateSource
{
    /// <summary>The newest version of the certificate with its key and chain. Throws where the vault does not give them.</summary>
    Task<CaMaterial> ReadAsync(TrustSettings trust, CancellationToken cancellationToken);

    /// <summary>
    /// The version that <see cref="CaMaterial.SourceVersion"/> named, which need not be the newest any more. Throws
    /// <see cref="CertificateSourceException"/> where the vault does not give it: disabled, deleted, never there.
    /// </summary>
    Task<CaMaterial> ReadVersionAsync(TrustSettings trust, string version, CancellationToken cancellationToken);
}
