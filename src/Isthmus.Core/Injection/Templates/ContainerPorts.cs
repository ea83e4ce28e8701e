namespace Isthmus.Core.Injection.Templates;

/// <summary>Template functions on lists of ports.</summary>
internal static class ContainerPorts
{
    /// <summary>includeInboundPorts: the TCP ports of all containers.</summary>
    public static string OfAll(IReadOnlyList<object?> containers) => Join(containers, _ => true);

    /// <summary>applicationPorts: those of all containers but the sidecar.</summary>
    public static string OfApplications(IReadOnlyList<object?> containers) => Join(containers, name => name != SidecarNames.Proxy);

    /// <summary>excludeInboundPort: the list with the port in it; Istio keeps a list that has it already as it was written.</summary>
    public static string Exclude(string port, string list)
    {
        port = port.Trim();
        if (port.Length == 0 || port == "0") return list;
        var ports = list.Split(',');
        if (ports.Contains(port)) return list;
        return string.Join(',', ports.Select(item => item.Trim()).Where(item => item.Length > 0).Append(port));
    }

    private static string Join(IReadOnlyList<object?> containers, Func<string?, bool> isWanted)
    {
        var ports = from container in containers.OfType<StructView>()
                    where isWanted(container.Value.Text("name"))
                    from port in container.Value.List("ports").Objects()
                    where port.Text("protocol") is null or "" or "TCP"
                    select (port.Number("containerPort") ?? 0).Invariant();
        return string.Join(',', ports);
    }
}
