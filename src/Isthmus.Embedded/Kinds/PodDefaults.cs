using System.Numerics;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Embedded.Kinds;

/// <summary>Defaults of a PodSpec that hang on other fields; the plain ones stand in the type table.</summary>
internal static class PodDefaults
{
    private static readonly string[] ContainerLists = ["initContainers", "containers", "ephemeralContainers"];

    /// <summary>What pods and pod templates share.</summary>
    public static void Spec(JsonObject spec)
    {
        foreach (var container in ContainerLists.SelectMany(list => spec.Objects(list)))
            if (container.Text("imagePullPolicy").Length == 0)
                container["imagePullPolicy"] = IsLatest(container.Text("image")) ? "Always" : "IfNotPresent";
        foreach (var volume in spec.Objects("volumes"))
            if (volume.Count == 1 && volume.ContainsKey("name"))
                volume["emptyDir"] = new JsonObject();
        if (spec.Flag("hostNetwork"))
            foreach (var port in spec.Objects("containers").SelectMany(container => container.Objects("ports")))
                if (port.Number("hostPort") is null or 0)
                    port["hostPort"] = port.Number("containerPort");

        // The deprecated field and its successor mirror each other.
        var account = spec.Text("serviceAccountName") is { Length: > 0 } name ? name : spec.Text("serviceAccount");
        if (account.Length > 0)
            (spec["serviceAccountName"], spec["serviceAccount"]) = (account, account);
    }

    /// <summary>What only pods get.</summary>
    public static void Pod(JsonObject spec)
    {
        Spec(spec);
        spec.SetIfAbsent("enableServiceLinks", true);
        foreach (var resources in ContainerLists.SelectMany(list => spec.Objects(list)).Select(container => container.Object("resources")).OfType<JsonObject>())
            foreach (var (resource, limit) in resources.Object("limits")?.ToArray() ?? [])
                resources.Ensure("requests").SetIfAbsent(resource, limit?.DeepClone());
    }

    /// <summary>Guaranteed, Burstable or BestEffort, by cpu and memory of all containers.</summary>
    public static string QosClass(JsonObject spec)
    {
        var containers = spec.Objects("initContainers").Concat(spec.Objects("containers")).Select(container => container.Object("resources")).ToArray();
        var any = false;
        var guaranteed = true;
        foreach (var resources in containers)
            foreach (var resource in new[] { "cpu", "memory" })
            {
                var request = resources.At("requests", resource);
                var limit = resources.At("limits", resource);
                any |= Amount(request) > 0 || Amount(limit) > 0;
                guaranteed &= Amount(limit) > 0 && (request is null || Amount(request) == Amount(limit));
            }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    public static BigInteger Amount(JsonNode? quantity) => Quantity.TryParse(quantity.AsText(), out var amount) ? amount.Nanos : BigInteger.Zero;

    /// <summary>No tag and no digest means <c>latest</c>; the part after the last colon is a tag unless it holds a slash (a registry's port).</summary>
    private static bool IsLatest(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal))
            return false;
        var colon = image.LastIndexOf(':');
        return colon < 0 || image.IndexOf('/', colon) >= 0 || image[(colon + 1)..] == "latest";
    }
}
