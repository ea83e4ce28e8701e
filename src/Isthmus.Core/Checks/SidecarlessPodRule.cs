using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Checks;

/// <summary>Pods behind an exported service without a sidecar: the gateway passes nobody to them, and a local endpoint may pick them all the same.</summary>
internal static class SidecarlessPodRule
{
    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) =>
        from pair in snapshot.Staying
        from service in pair.Seen.Exported
        let selector = PodsBehind.Selector(service)
        where selector.Count > 0
        let bare = pair.Seen.Pods.Where(pod => pod.NamespaceName() == service.NamespaceName() && selector.All(label => pod.Label(label.Key) == label.Value) && IsRunning(pod) && !HasSidecar(pod))
            .Select(pod => pod.Name()).Order(StringComparer.Ordinal).ToList()
        where bare.Count > 0
        select CheckFinding.Warning(
            pair.Cluster.Name, $"Service {service.NamespaceName()}/{service.Name()}", $"{bare.Count} of its pods without sidecar, such as {bare[0]}: other clusters do not reach them",
            "label the namespace for injection and restart them");

    private static bool IsRunning(JsonObject pod) => !pod.IsTerminating() && SeenObject.Text(pod, "status", "phase") is not ("Succeeded" or "Failed");

    // Since Kubernetes 1.29 a sidecar may stand among the init containers.
    private static bool HasSidecar(JsonObject pod) => SeenObject.Objects(SeenObject.Spec(pod), "containers").Concat(SeenObject.Objects(SeenObject.Spec(pod), "initContainers"))
        .Any(container => SeenObject.Text(container, "name") == SidecarNames.Proxy);
}
