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
    /// Sets the variables that the webhook's path and the values give. Istio drops variables of these names and appends its own, sorted. In a
    /// pod that was injected before (<paramref name="before"/>, else null) each keeps its place, so that injecting it again changes nothing.
    /// </summary>
    public static void SetEnvironment(JsonObject pod, SortedDictionary<string, string> variables, JsonObject? before)
    {
        if (variables.Count == 0 || Find(pod) is not { } sidecar) return;
        var env = sidecar.EnsureList("env");
        for (var i = env.Count - 1; i >= 0; i--)
            if (NameAt(env, i) is { } name && variables.ContainsKey(name)) env.RemoveAt(i);
        var placed = before is not null && Find(before) is { } earlier ? PlaceAsBefore(env, earlier.List("env") ?? [], variables) : [];
        foreach (var (name, value) in variables)
            if (!placed.Contains(name)) env.Add((JsonNode)Variable(name, value));
    }

    /// <summary>Puts each variable behind what it stood behind, and tells which ones it put.</summary>
    private static HashSet<string> PlaceAsBefore(JsonArray env, JsonArray before, SortedDictionary<string, string> variables)
    {
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var places = Enumerable.Range(0, env.Count).Select(i => NameAt(env, i)).ToList();
        string? previous = null;
        for (var i = 0; i < before.Count; i++)
        {
            if (NameAt(before, i) is not { } name) continue;
            if (variables.TryGetValue(name, out var value) && placed.Add(name))
            {
                var index = previous is null ? 0 : places.IndexOf(previous) + 1;
                env.Insert(index, (JsonNode)Variable(name, value));
                places.Insert(index, name);
            }
            if (places.Contains(name)) previous = name;
        }
        return placed;
    }

    private static string? NameAt(JsonArray env, int index) => (env[index] as JsonObject).Text("name");

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };
}
