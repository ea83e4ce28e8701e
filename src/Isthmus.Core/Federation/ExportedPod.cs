namespace Isthmus.Core.Federation;

/// <summary>A pod of a headless service that has a name of its own, and the service account it runs under.</summary>
internal readonly record struct ExportedPod(string Name, string Account) : IComparable<ExportedPod>
{
    public int CompareTo(ExportedPod other)
    {
        var order = string.CompareOrdinal(Name, other.Name);
        return order != 0 ? order : string.CompareOrdinal(Account, other.Account);
    }
}
