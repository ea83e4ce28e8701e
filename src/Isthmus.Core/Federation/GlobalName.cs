using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>A name that clients use in every cluster: a service's, or that of one pod of a headless service.</summary>
public readonly record struct GlobalName(ServiceName Service, string? Pod = null) : IComparable<GlobalName>
{
    public int CompareTo(GlobalName other)
    {
        var order = Service.CompareTo(other.Service);
        return order != 0 ? order : string.CompareOrdinal(Pod, other.Pod);
    }

    /// <summary>Such as <c>mysql-0.mysql.db.global</c>.</summary>
    public string Host(string domain) => Pod is null ? Service.GlobalHost(domain) : $"{Pod}.{Service.GlobalHost(domain)}";

    public override string ToString() => Pod is null ? Service.ToString() : $"{Service}/{Pod}";
}
