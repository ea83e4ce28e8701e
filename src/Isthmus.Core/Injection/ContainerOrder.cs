using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>Istio's order of containers.</summary>
internal static class ContainerOrder
{
    /// <summary>
    /// The sidecar stands last, so that kubectl exec picks the application, or first where the application must wait for it. A native sidecar
    /// starts before the user's init containers, right after the traffic is set up; else the traffic is set up last.
    /// </summary>
    public static void Apply(JsonObject pod, bool holdApplication)
    {
        var spec = pod.Object("spec");
        if (holdApplication) MoveFirst(spec.List("containers"), SidecarNames.Proxy);
        else MoveLast(spec.List("containers"), SidecarNames.Proxy);

        var initContainers = spec.List("initContainers");
        if (initContainers.TryGetContainer(SidecarNames.Proxy, out _))
        {
            MoveFirst(initContainers, SidecarNames.CoreDump);
            MoveFirst(initContainers, SidecarNames.Proxy);
            MoveFirst(initContainers, SidecarNames.Validation);
            MoveFirst(initContainers, SidecarNames.Init);
        }
        else
        {
            MoveFirst(initContainers, SidecarNames.Validation);
            MoveLast(initContainers, SidecarNames.Init);
            MoveLast(initContainers, SidecarNames.CoreDump);
        }
    }

    private static void MoveFirst(JsonArray? list, string name) => Move(list, name, first: true);

    private static void MoveLast(JsonArray? list, string name) => Move(list, name, first: false);

    private static void Move(JsonArray? list, string name, bool first)
    {
        if (list is null || !list.TryGetContainer(name, out var container)) return;
        if (ReferenceEquals(first ? list[0] : list[^1], container)) return;
        list.Remove(container);
        list.Insert(first ? 0 : list.Count, container);
    }
}
