using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>One registered webhook. <paramref name="Id"/> tells webhooks of equal names apart.</summary>
internal sealed record Webhook(string Id, JsonObject Spec)
{
    public string Name => Spec.Text("name");
    public bool IgnoresFailures => Spec.Text("failurePolicy") == "Ignore";
    public bool Reinvoke => Spec.Text("reinvocationPolicy") == "IfNeeded";
    public int TimeoutSeconds => (int)(Spec.Number("timeoutSeconds") ?? 10);
}

/// <summary>A webhook and the request as it is to see it: in the version that its rule names, which may differ from the client's.</summary>
internal sealed record WebhookCall(Webhook Webhook, AdmissionAttributes Attributes, ResourceDefinition Original)
{
    /// <summary>Versions of one kind differ in their apiVersion only (conversion None).</summary>
    public JsonObject InOwnVersion(JsonObject obj)
    {
        if (Original.ApiVersion != Attributes.Resource.ApiVersion)
            obj["apiVersion"] = Original.ApiVersion;
        return obj;
    }
}

/// <summary>What a webhook answered: a patch as JSON text, or a refusal, and warnings.</summary>
internal sealed record WebhookAnswer(string? Patch, string PatchType, ApiStatusException? Refusal, IReadOnlyList<string> Warnings);

/// <summary>A call that brought no usable answer; what failurePolicy is about.</summary>
internal sealed class WebhookCallException(string webhook, string reason) : Exception($"failed calling webhook \"{webhook}\": {reason}");
