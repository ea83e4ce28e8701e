using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Isthmus.Core.Injection;

/// <summary>The workload that made a pod: named by whoever reads it from the workload itself, or guessed as Istio does from the pod alone.</summary>
public sealed partial record WorkloadOwner(string ApiVersion, string Kind, string Name, string Namespace)
{
    internal static WorkloadOwner Of(JsonObject pod)
    {
        var metadata = pod.Object("metadata");
        var name = metadata.Text("name") ?? "";
        var owner = new WorkloadOwner("v1", "Pod", name, metadata.Text("namespace") ?? "");
        if (string.IsNullOrEmpty(metadata.Text("generateName"))) return owner;
        var controller = metadata.List("ownerReferences").Objects().FirstOrDefault(reference => reference.Flag("controller") == true);
        if (controller is null) return owner;
        owner = owner with
        {
            ApiVersion = controller.Text("apiVersion") ?? "",
            Kind = controller.Text("kind") ?? "",
            Name = controller.Text("name") ?? "",
        };
        owner = Above(owner, metadata.Object("labels"));
        return owner.Name.Length == 0 ? owner with { Name = name } : owner;
    }

    /// <summary>The owner's own owner, which the pod does not name, by the conventions of the controllers.</summary>
    private static WorkloadOwner Above(WorkloadOwner owner, JsonObject? labels)
    {
        switch (owner.Kind)
        {
            case "ReplicaSet" when EndsWithHash(owner, labels, "pod-template-hash") is { } deployment:
                return owner with { Kind = "Deployment", Name = deployment };
            case "ReplicaSet" when EndsWithHash(owner, labels, "rollouts-pod-template-hash") is { } rollout:
                return owner with { Kind = "Rollout", ApiVersion = "v1alpha1", Name = rollout };
            case "ReplicationController" when labels.Text("deploymentconfig") is { Length: > 0 } config:
                return owner with { Kind = "DeploymentConfig", Name = config };
            case "Job" when CronJobRun().Match(owner.Name) is { Success: true } run:
                return owner with { Kind = "CronJob", ApiVersion = "batch/v1", Name = run.Groups[1].Value };
            default:
                return owner;
        }
    }

    private static string? EndsWithHash(WorkloadOwner owner, JsonObject? labels, string label)
    {
        if (labels.Text(label) is not { Length: > 0 } hash || !owner.Name.EndsWith(hash, StringComparison.Ordinal)) return null;
        var suffix = "-" + hash;
        return owner.Name.EndsWith(suffix, StringComparison.Ordinal) ? owner.Name[..^suffix.Length] : owner.Name;
    }

    [GeneratedRegex(@"\A(.+)-[0-9]{8,10}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CronJobRun();
}
