using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Injection.Structs;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection;

/// <summary>Istio's sidecar injector, as a function of settings, facts and pod.</summary>
public static class Injector
{
    /// <summary>Injects one pod, which is left as it is.</summary>
    /// <param name="requestNamespace">The namespace of the request, for a pod that names none.</param>
    public static InjectionResult Inject(
        InjectionSettings settings, ClusterFacts facts, InjectPath path, JsonObject pod, string requestNamespace, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return InjectOwned(settings, facts, path, pod.DeepClone().AsObject(), requestNamespace, null, cancellation);
    }

    /// <summary>Injects the pod of a workload's template, whose owner the caller knows.</summary>
    public static InjectionResult Inject(
        InjectionSettings settings,
        ClusterFacts facts,
        InjectPath path,
        JsonObject pod,
        string requestNamespace,
        WorkloadOwner owner,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(owner);
        return InjectOwned(settings, facts, path, pod.DeepClone().AsObject(), requestNamespace, owner, cancellation);
    }

    /// <summary>
    /// Answers an AdmissionReview (v1 or v1beta1). The pod is taken out of the review, which saves a copy. Whatever the review holds, the answer
    /// carries the UID of its request. The pod of the outcome may be shared with other answers: leave it as it is.
    /// </summary>
    public static ReviewOutcome Review(
        InjectionSettings settings, ClusterFacts facts, InjectPath path, JsonObject review, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(review);
        var request = AdmissionRequest.TakeFrom(review);
        if (request.Error is { } error) return request.Answer(new InjectionResult.Refused(error));
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(path);
        var key = InjectedPods.KeyOf(facts, path, request.Namespace, request.Pod);
        if (key is not null && settings.Injected.Find(key) is { } known) return request.Answer(known);
        var result = InjectOwned(settings, facts, path, request.Pod, request.Namespace, null, cancellation);
        return key is not null && result is InjectionResult.Injected injected ? request.Answer(settings.Injected.Keep(key, injected)) : request.Answer(result);
    }

    /// <summary>Answers the body of a webhook call; one that is no AdmissionReview is refused with the reason.</summary>
    public static ReviewOutcome Review(
        InjectionSettings settings, ClusterFacts facts, InjectPath path, ReadOnlySpan<byte> body, CancellationToken cancellation = default)
    {
        if (!StrictJson.TryParse(body, out var json, out var error))
            return AdmissionRequest.Undecodable.Answer(new InjectionResult.Refused($"could not decode the body: {error}"));
        return json is JsonObject review
            ? Review(settings, facts, path, review, cancellation)
            : AdmissionRequest.Undecodable.Answer(new InjectionResult.Refused("could not decode the body: it is no object"));
    }

    private static InjectionResult InjectOwned(
        InjectionSettings settings, ClusterFacts facts, InjectPath path, JsonObject pod, string requestNamespace, WorkloadOwner? owner, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(path);
        if (StructCheck.FirstError(pod, PodSchema.Pod) is { } error) return new InjectionResult.Refused($"could not unmarshal raw object: {error}");
        // A pod without metadata is not one that an API server sends, but the patch has to be true of what was given.
        var given = pod.Object("metadata") is null ? pod.DeepClone().AsObject() : pod;
        Prepare(pod, requestNamespace);
        var decision = InjectionDecision.For(settings, pod);
        if (!decision.Inject) return new InjectionResult.NotNeeded(decision.Reason);

        var annotations = pod.Object("metadata").StringMap("annotations");
        if (AnnotationValidation.Errors(annotations, settings) is { Count: > 0 } errors) return new InjectionResult.Refused(string.Join("; ", errors));
        var (remembered, rememberedError) = UserContainers.Remembered(annotations);
        if (rememberedError is not null) return new InjectionResult.Refused(rememberedError);
        try
        {
            var start = settings.NeedsNamespaces ? OpenShiftIds.WithoutAssignedUser(pod, settings.Features) : pod;
            var injected = new InjectionRun(settings, facts, path, start, remembered, owner).Execute(cancellation);
            return Verified(given, injected);
        }
        catch (InjectionException failure)
        {
            return failure.IsOurFault ? new InjectionResult.Failed(failure.Message) : new InjectionResult.Refused(failure.Message);
        }
        catch (TemplateException failure)
        {
            return failure.Failure == TemplateFailure.Limit ? new InjectionResult.Failed(failure.Message) : new InjectionResult.Refused(failure.Message);
        }
        catch (StrategicMergeException failure)
        {
            return new InjectionResult.Refused(failure.Message);
        }
        catch (OperationCanceledException)
        {
            return new InjectionResult.Failed("the time for this review ran out");
        }
    }

    /// <summary>Istio's rule: managed fields are nobody's business, and the request names the namespace where the pod does not; neither is part of the patch.</summary>
    private static void Prepare(JsonObject pod, string requestNamespace)
    {
        var metadata = pod.EnsureObject("metadata");
        metadata.Remove("managedFields");
        if (string.IsNullOrEmpty(metadata.Text("namespace")) && requestNamespace.Length > 0) metadata["namespace"] = requestNamespace;
    }

    /// <summary>A patch is only sent if it makes of the pod what was meant.</summary>
    private static InjectionResult Verified(JsonObject pod, JsonObject injected)
    {
        var patch = JsonPatch.Diff(pod, injected);
        try
        {
            if (JsonNode.DeepEquals(JsonPatch.Apply(pod, patch), injected)) return new InjectionResult.Injected(injected, patch);
        }
        catch (JsonPatchException failure)
        {
            return new InjectionResult.Failed($"the patch does not apply: {failure.Message}");
        }
        return new InjectionResult.Failed("the patch does not give the intended pod");
    }
}
