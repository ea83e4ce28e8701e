using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Embedded.Vault;

/// <summary>One version of a vault secret. Its value shows in no log: a record would print it.</summary>
internal sealed class SecretVersion(string version, string value, string contentType, DateTimeOffset created, X509Certificate2? certificate)
{
    public string Version { get; } = version;

    public string Value { get; } = value;

    public string ContentType { get; } = contentType;

    public DateTimeOffset Created { get; } = created;

    /// <summary>The certificate that it stands for: then Key Vault marks the secret managed.</summary>
    public X509Certificate2? Certificate { get; } = certificate;

    public DateTimeOffset Updated { get; set; } = created;

    public bool IsEnabled { get; set; } = true;

    /// <summary>Whether the secret holds the private key, too.</summary>
    public bool IsExportable { get; init; } = true;

    public long? NotBefore { get; set; }

    public long? Expires { get; set; }
}
