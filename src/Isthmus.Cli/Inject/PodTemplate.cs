using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Cli.Inject;

/// <summary>
/// The pod that a workload's controller would make of its template. It names the workload as its controller, which is how injection learns
/// what it belongs to; what was added for that is taken off again.
/// </summary>
internal sealed class PodTemplate
{
    private readonly JsonObject _workload;
    private readonly JsonObject? _template;

    private PodTemplate(JsonObject workload, JsonObject? template) => (_workload, _template) = (workload, template);

    /// <summary>The pod template of a workload, or the pod itself; null for objects that make no pods.</summary>
    public static PodTemplate? Of(JsonObject item)
    {
        JsonObject? spec = item["spec"] as JsonObject;
        return ObjectMetadata.TextOf(item["kind"]) switch
        {
            "Pod" => new PodTemplate(item, null),
            "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" or "Job" or "ReplicationController" or "DeploymentConfig" or "Rollout" => In(spec),
            "CronJob" => In((spec?["jobTemplate"] as JsonObject)?["spec"] as JsonObject),
            _ => null,
        };

        PodTemplate? In(JsonObject? parent) => parent?["template"] is JsonObject template ? new PodTemplate(item, template) : null;
    }

    /// <summary>Injects, and where a pod came of it, writes it back into the object.</summary>
    public InjectionResult Inject(InjectionSettings settings, ClusterFacts facts, string defaultNamespace, CancellationToken cancellationToken)
    {
        string ns = _workload.NamespaceName() is { Length: > 0 } own ? own : defaultNamespace;
        JsonObject pod = Pod(ns);
        InjectionResult result = Injector.Inject(settings, facts, InjectPath.None, pod, ns, cancellationToken);
        if (result is InjectionResult.Injected injected)
            Replace(injected.Pod);
        return result;
    }

    private JsonObject Pod(string ns)
    {
        if (_template is null)
            return _workload;
        JsonObject metadata = _template["metadata"] is JsonObject given ? given.DeepClone().AsObject() : [];
        metadata["namespace"] = ns;
        metadata["generateName"] = _workload.Name() + "-";
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = _workload["apiVersion"]?.DeepClone(),
            ["kind"] = _workload["kind"]?.DeepClone(),
            ["name"] = _workload.Name(),
            ["uid"] = "",
            ["controller"] = true,
        });
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = _template["spec"]?.DeepClone() };
    }

    private void Replace(JsonObject injected)
    {
        JsonObject target = _template ?? _workload;
        JsonObject metadata = (injected["metadata"] as JsonObject ?? []).DeepClone().AsObject();
        // Fields that the template did not have were ours: they told whose pod it is.
        string[] added = _template is null ? ["namespace"] : ["namespace", "generateName", "ownerReferences"];
        JsonObject? given = target["metadata"] as JsonObject;
        foreach (string field in added)
        {
            if (given?[field] is { } old)
                metadata[field] = old.DeepClone();
            else
                metadata.Remove(field);
        }
        target["metadata"] = metadata;
        target["spec"] = injected["spec"]?.DeepClone();
    }
}
