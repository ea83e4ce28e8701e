using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>The admission plugins that change objects before any webhook sees them: Priority and DefaultTolerationSeconds (pods), TaintNodesByCondition (new nodes).</summary>
internal static class BuiltInMutation
{
    private static readonly string[] TaintKeys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

    public static JsonObject? Apply(AdmissionAttributes attributes)
    {
        if (attributes is { Resource: { Group: "", Plural: "nodes" }, Operation: "CREATE" } && attributes.Object?.DeepClone() is JsonObject node)
            return Tainted(node);
        if (attributes.Resource is not { Group: "", Plural: "pods" } || !string.IsNullOrEmpty(attributes.Subresource))
            return attributes.Object;
        if (attributes.Object?.DeepClone() is not JsonObject pod || pod.Object("spec") is not { } spec)
            return attributes.Object;
        Tolerate(spec);
        if (attributes.Operation == "CREATE")
            Prioritise(spec, 0, "PreemptLowerPriority");
        else if (attributes.OldObject.Object("spec") is { } old)
            Prioritise(spec, old.Number("priority"), old.Text("preemptionPolicy"));
        return pod;
    }

    private static JsonObject Tainted(JsonObject node)
    {
        var spec = node.Ensure("spec");
        if (spec.Objects("taints").Any(taint => taint.Text("key") == TaintKeys[0] && taint.Text("effect") == "NoSchedule"))
            return node;
        if (spec["taints"] is not JsonArray taints)
            spec["taints"] = taints = [];
        taints.Add(new JsonObject { ["key"] = TaintKeys[0], ["effect"] = "NoSchedule" });
        return node;
    }

    private static void Prioritise(JsonObject spec, long? priority, string preemptionPolicy)
    {
        if (priority is not null)
            spec.SetIfAbsent("priority", priority);
        if (preemptionPolicy.Length > 0)
            spec.SetIfAbsent("preemptionPolicy", preemptionPolicy);
    }

    private static void Tolerate(JsonObject spec)
    {
        foreach (var key in TaintKeys)
        {
            var covered = spec.Objects("tolerations").Any(toleration =>
                (toleration.Text("key") == key || toleration.Text("key").Length == 0) && toleration.Text("effect") is "NoExecute" or "");
            if (covered)
                continue;
            if (spec["tolerations"] is not JsonArray tolerations)
                spec["tolerations"] = tolerations = [];
            tolerations.Add(new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300 });
        }
    }
}
