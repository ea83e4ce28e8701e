using Azure.Security.KeyVault.Secrets;
using Isthmus.Core.Trust;

namespace Isthmus.Runtime.KeyVault;

/// <summary>The secrets of one CA as one reading found them: a certificate's, with or without its root, or the four parts.</summary>
internal sealed class SecretSet(IReadOnlyList<KeyVaultSecret> secrets)
{
    public IReadOnlyList<KeyVaultSecret> Secrets { get; } = secrets;

    /// <summary>The versions of all of them: equal only where nothing was changed in between.</summary>
    public string Version => string.Join('-', Secrets.Select(secret => secret.Properties.Version));

    public string Names => string.Join(", ", Secrets.Select(secret => secret.Name));

    public CaMaterial Material() => Secrets switch
    {
        [var certificate] => CaBundle.Open(certificate, null, Version),
        [var certificate, var root] => CaBundle.Open(certificate, root.Value, Version),
        [var cert, var key, var root, var chain] => CaAssembly.FromParts(cert.Value, key.Value, root.Value, chain.Value, Version),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
