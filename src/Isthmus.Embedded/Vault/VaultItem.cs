namespace Isthmus.Embedded.Vault;

/// <summary>A secret, or a certificate with its secret, by name: all its versions, oldest first.</summary>
internal sealed class VaultItem(string name)
{
    /// <summary>As it was first written; names compare in any case.</summary>
    public string Name { get; } = name;

    public List<SecretVersion> Versions { get; } = [];

    /// <summary>When it was deleted; null while it is there. It can be recovered, as soft-deletion has it.</summary>
    public DateTimeOffset? Deleted { get; set; }
}
