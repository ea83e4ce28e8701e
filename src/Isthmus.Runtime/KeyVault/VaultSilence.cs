using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.KeyVault;

/// <summary>What is said where no vault answers at all.</summary>
internal static class VaultSilence
{
    public static string Text(Exception fault) =>
        $"the vault does not answer ({AzureFaults.Text(fault)}): see whether its address is right, and whether this network resolves and reaches it";
}
