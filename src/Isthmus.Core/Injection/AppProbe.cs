using System.Text.Json.Nodes;
using Isthmus.Core.Injection.Structs;

namespace Isthmus.Core.Injection;

/// <summary>One probe or lifecycle handler of an application, which the sidecar is to carry out in the kubelet's place.</summary>
internal readonly record struct AppProbe(JsonObject Container, JsonObject Handler, string Path, bool IsLifecycle)
{
    private static readonly (string Field, string Path)[] ProbeFields =
        [("readinessProbe", "readyz"), ("livenessProbe", "livez"), ("startupProbe", "startupz")];

    private static readonly (string Field, string Path)[] LifecycleFields = [("preStop", "prestopz"), ("postStart", "poststartz")];

    /// <summary>All of a pod's, init containers first; the sidecar's own are left out.</summary>
    public static IEnumerable<AppProbe> Of(JsonObject pod, IstioFeatures features)
    {
        var spec = pod.Object("spec");
        foreach (var container in spec.List("initContainers").Objects().Concat(spec.List("containers").Objects()))
        {
            if (container.Text("name") is not { } name || name == SidecarNames.Proxy) continue;
            foreach (var (field, path) in ProbeFields)
                if (container.Object(field) is { } probe) yield return new AppProbe(container, probe, $"/app-health/{name}/{path}", false);
            if (!features.Has(IstioFeature.LifecycleProbes) || container.Object("lifecycle") is not { } lifecycle) continue;
            foreach (var (field, path) in LifecycleFields)
                if (lifecycle.Object(field) is { } handler) yield return new AppProbe(container, handler, $"/app-lifecycle/{name}/{path}", true);
        }
    }

    /// <summary>What the sidecar has to know to probe the application; null where it is nothing that a sidecar could do, or was rewritten before.</summary>
    public JsonObject? Entry(long statusPort)
    {
        var entry = new JsonObject();
        if (Handler.Object("httpGet") is { } http)
        {
            if (ResolvedPort(http, statusPort) is not { } port) return null;
            entry["httpGet"] = Canonical(http, "httpGet", port);
        }
        else if (Handler.Object("tcpSocket") is { } tcp)
        {
            if (ResolvedPort(tcp, statusPort) is not { } port) return null;
            entry["tcpSocket"] = Canonical(tcp, "tcpSocket", port);
        }
        else if (!IsLifecycle && Handler.Object("grpc") is { } grpc)
        {
            entry["grpc"] = Canonical(grpc, "grpc", null);
        }
        else
        {
            return null;
        }
        if (!IsLifecycle && Handler.Number("timeoutSeconds") is { } timeout and not 0) entry["timeoutSeconds"] = timeout;
        return entry;
    }

    /// <summary>Points the kubelet at the sidecar's agent.</summary>
    public void Rewrite(long port)
    {
        if (Handler.Object("httpGet") is { } http)
        {
            http["path"] = Path;
            http["port"] = port;
            if (http.Text("scheme") == "HTTPS") http["scheme"] = "HTTP";
        }
        else if (Handler.Object("tcpSocket") is not null || (!IsLifecycle && Handler.Object("grpc") is not null))
        {
            Handler.Remove("tcpSocket");
            Handler.Remove("grpc");
            Handler["httpGet"] = new JsonObject { ["path"] = Path, ["port"] = port };
        }
    }

    private static JsonObject Canonical(JsonObject action, string field, long? port)
    {
        var type = PodSchema.Probe.Field(field)?.Struct ?? throw new InvalidOperationException($"no probe field {field}");
        var canonical = StructJson.Canonical(action, type);
        if (port is not null) canonical["port"] = port;
        return canonical;
    }

    /// <summary>Istio's rule: a name is looked up among the container's own ports, and the status port means that the probe was rewritten.</summary>
    private long? ResolvedPort(JsonObject action, long statusPort)
    {
        if (action.Text("port") is not { } name)
        {
            var number = action.Number("port") ?? 0;
            return number == statusPort ? null : number;
        }
        return Container.List("ports").Objects().LastOrDefault(port => name.Length > 0 && port.Text("name") == name) is { } named
            ? named.Number("containerPort") ?? 0
            : null;
    }
}
