namespace Isthmus.Embedded.Vault;

/// <summary>One version of a vault secret. Its value shows in no log: a record would print it.</summary>
internal sealed class SecretVersion(string version, string value, string contentType, DateTimeOffset created, bool ofCertificate)
{
    public string Version { get; } = version;

    public string Value { get; } = value;

    public string ContentType { get; } = contentType;

    public DateTimeOffset Created { get; } = created;

    /// <summary>Whether it stands for a certificate: then Key Vault marks it managed.</summary>
    public bool OfCertificate { get; } = ofCertificate;
}
