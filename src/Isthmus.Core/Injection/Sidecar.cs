using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>Finds the sidecar of a pod, be it a container or, natively, an init container.</summary>
internal static class Sidecar
{
    public static JsonObject? Find(JsonObject pod) => FindContainer(pod, SidecarNames.Proxy);

    /// <summary>Istio's order: containers, then init containers.</summary>
    public static JsonObject? FindContainer(JsonObject pod, string name)
    {
        var spec = pod.Object("spec");
        return spec.List("containers").TryGetContainer(name, out var found) || spec.List("initContainers").TryGetContainer(name, out found) ? found : null;
    }

    /// <summary>
    /// Sets the variables that the webhook's path and the values give. Istio drops variables of these names and appends its own, sorted; in a
    /// pod that was injected before we leave them in their place, so that injecting it again changes nothing.
    /// </summary>
    public static void SetEnvironment(JsonObject pod, SortedDictionary<string, string> variables, bool injectedBefore)
    {
        if (variables.Count == 0 || Find(pod) is not { } sidecar) return;
        var env = sidecar.EnsureList("env");
        var placed = new HashSet<string>(StringComparer.Ordinal);
        for (var i = env.Count - 1; i >= 0; i--)
        {
            var item = env[i] as JsonObject;
            if (item.Text("name") is not { } name || !variables.TryGetValue(name, out var value)) continue;
            if (injectedBefore && placed.Add(name))
            {
                if (item.Text("value") != value || item?.Count != 2) env[i] = Variable(name, value);
            }
            else
            {
                env.RemoveAt(i);
            }
        }
        foreach (var (name, value) in variables)
            if (!placed.Contains(name)) env.Add((JsonNode)Variable(name, value));
    }

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };
}
