using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection.Structs;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection;

/// <summary>The pod's own containers of the template's names: what the user wrote in them beats the template.</summary>
internal sealed class UserContainers
{
    public const string Annotation = "proxy.istio.io/overrides";

    private readonly List<JsonObject> _containers;
    private readonly List<JsonObject> _initContainers;

    private UserContainers(List<JsonObject> containers, List<JsonObject> initContainers) =>
        (_containers, _initContainers) = (containers, initContainers);

    public static UserContainers None { get; } = new([], []);

    /// <summary>What an earlier injection remembered in the annotation.</summary>
    public IReadOnlyList<JsonObject> Containers => _containers;

    public IReadOnlyList<JsonObject> InitContainers => _initContainers;

    /// <summary>Reads the annotation; the error refuses the pod, whose user wrote it.</summary>
    public static (UserContainers Remembered, string? Error) Remembered(IReadOnlyDictionary<string, string> annotations)
    {
        if (!annotations.TryGetValue(Annotation, out var text)) return (None, null);
        if (!StrictJson.TryParse(text, out var json, out var error)) return (None, $"annotation {Annotation}: invalid JSON: {error}");
        if (json is null) return (None, null);
        if (json is not JsonObject overrides) return (None, $"annotation {Annotation}: must be a JSON object");
        error = StructCheck.ListError(Member(overrides, "containers"), PodSchema.Container, "containers")
            ?? StructCheck.ListError(Member(overrides, "initContainers"), PodSchema.Container, "initContainers");
        return error is null
            ? (new UserContainers([.. overrides.List("containers").Objects()], [.. overrides.List("initContainers").Objects()]), null)
            : (None, $"annotation {Annotation}: {error}");
    }

    /// <summary>Merges the user's containers over the merged pod, which may be changed, and remembers them in the annotation on the first injection.</summary>
    public JsonObject Reapply(JsonObject merged, JsonObject pod, JsonObject template, SidecarStatus? status, bool injectedBefore)
    {
        var kept = new JsonArray();
        var keptInit = new JsonArray();
        var spec = template.Object("spec");
        foreach (var name in Names(spec.List("containers")))
            if ((Named(_containers, name) ?? Own(pod, name, status?.Containers, "containers")) is { } own) kept.Add((JsonNode)Overlay(own));
        foreach (var name in Names(spec.List("initContainers")))
            if ((Named(_initContainers, name) ?? Own(pod, name, status?.InitContainers, "containers", "initContainers")) is { } own)
                keptInit.Add((JsonNode)Overlay(own));
        if (kept.Count == 0 && keptInit.Count == 0) return merged;

        foreach (var container in kept) merged = Apply(merged, "containers", container);
        foreach (var container in keptInit) merged = Apply(merged, "initContainers", container);
        if (!injectedBefore) Remember(merged, kept, keptInit);
        return merged;
    }

    private static void Remember(JsonObject merged, JsonArray kept, JsonArray keptInit)
    {
        var overrides = new JsonObject();
        if (kept.Count > 0) overrides["containers"] = kept;
        if (keptInit.Count > 0) overrides["initContainers"] = keptInit;
        merged.EnsureObject("metadata").EnsureObject("annotations")[Annotation] = GoJson.Write(overrides, sortKeys: false);
    }

    private static JsonObject Apply(JsonObject merged, string list, JsonNode? container) =>
        StrategicMerge.ApplyInPlace(merged, new JsonObject { ["spec"] = new JsonObject { [list] = new JsonArray(container?.DeepClone()) } }, PodSchema.Pod);

    private static JsonObject Overlay(JsonObject container)
    {
        var overlay = StructJson.Canonical(container, PodSchema.Container);
        if (overlay.Text("image") == SidecarNames.AutoImage) overlay.Remove("image");
        return overlay;
    }

    private static IEnumerable<string> Names(JsonArray? containers) => containers.Objects().Select(container => container.Text("name")).OfType<string>();

    private static JsonObject? Named(List<JsonObject> containers, string name) => containers.Find(container => container.Text("name") == name);

    /// <summary>The pod's container of a name; one that an earlier injection made is the template's, not the user's.</summary>
    private static JsonObject? Own(JsonObject pod, string name, IReadOnlySet<string>? injected, params ReadOnlySpan<string> lists)
    {
        if (injected?.Contains(name) == true) return null;
        foreach (var list in lists)
            if (pod.Object("spec").List(list).TryGetContainer(name, out var found)) return found;
        return null;
    }

    private static JsonNode? Member(JsonObject owner, string name) => owner.TryGetPropertyValue(name, out var value) ? value : null;

    /// <summary>
    /// Where the user set user or group of istio-proxy, the containers that set up its traffic follow: Istio's rules for istio-init
    /// (argument -u), istio-validation (same user) and TPROXY (root).
    /// </summary>
    public static void AdjustInitUser(JsonObject merged, JsonObject pod, bool isTproxyConfigured)
    {
        var security = Sidecar.Find(pod).Object("securityContext");
        var (user, group) = (security.Number("runAsUser"), security.Number("runAsGroup"));
        if (user is null && group is null) return;
        var initContainers = merged.Object("spec").List("initContainers");
        if (!initContainers.TryGetContainer(SidecarNames.Init, out var init) && !initContainers.TryGetContainer(SidecarNames.Validation, out init)) return;

        var isTproxy = isTproxyConfigured || merged.Object("metadata").Object("annotations").Text("sidecar.istio.io/interceptionMode") == "TPROXY";
        if (isTproxy && user is not null && Sidecar.Find(merged) is { } sidecar) sidecar.EnsureObject("securityContext")["runAsUser"] = 0;
        if (!isTproxy && init.Text("name") == SidecarNames.Validation)
        {
            if (user is not null) init.EnsureObject("securityContext")["runAsUser"] = user;
            if (group is not null) init.EnsureObject("securityContext")["runAsGroup"] = group;
        }
        if (user is null or 0 || init.List("args") is not { } args) return;
        for (var i = 0; i + 1 < args.Count; i++)
            if (args[i].AsText() == "-u")
            {
                args[i + 1] = user.Value.ToString(CultureInfo.InvariantCulture);
                return;
            }
    }
}
