using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>Reads and checks a webhook's answer, in Kubernetes' words.</summary>
internal static class AdmissionReviewReader
{
    private const string Group = "admission.k8s.io/";
    private const string Scheme = "in scheme \"pkg/runtime/scheme.go:100\"";
    private const string TypeMeta = "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";

    public static WebhookAnswer Read(string text, string webhook, string apiVersion, string uid, bool mutating)
    {
        var review = Parse(text, webhook);
        var given = review.Text("apiVersion");
        var kind = review.Text("kind");
        if ((kind.Length > 0 && kind != "AdmissionReview") || (given.Length > 0 && given is not (Group + "v1" or Group + "v1beta1")))
            throw NotCalled(webhook, $"no kind \"{(kind.Length == 0 ? "AdmissionReview" : kind)}\" is registered for version \"{(given.Length == 0 ? apiVersion : given)}\" {Scheme}");
        if (given.Length > 0 && given != apiVersion)
            throw NotCalled(webhook, $"converting ({given[Group.Length..]}.AdmissionReview) to ({apiVersion[Group.Length..]}.AdmissionReview): unknown conversion");
        if (review["response"] is not JsonObject response)
            throw Invalid(webhook, "webhook response was absent");
        var isV1 = apiVersion == Group + "v1";
        if (isV1 && response.Text("uid") != uid)
            throw Invalid(webhook, $"expected response.uid=\"{uid}\", got \"{response.Text("uid")}\"");
        var (patch, patchType) = ReadPatch(response, webhook, isV1, mutating);
        var refusal = response.Flag("allowed") ? null : Refusal(webhook, response.Object("status"));
        return new WebhookAnswer(patch, patchType, refusal, [.. response.Texts("warnings")]);
    }

    private static JsonObject Parse(string text, string webhook)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject review)
                return review;
        }
        catch (JsonException) when (!text.TrimStart().StartsWith('{'))
        {
            // Kubernetes reads the answer as YAML, in which any bare text is a string.
        }
        catch (JsonException e)
        {
            throw NotCalled(webhook, $"couldn't get version/kind; json parse error: {GoJsonErrors.Describe(text, e)}");
        }

        var what = text.TrimStart() is ['[', ..] ? "array" : text.TrimStart() is [>= '0' and <= '9', ..] ? "number" : "string";
        throw NotCalled(webhook, $"couldn't get version/kind; json parse error: json: cannot unmarshal {what} into Go value of type {TypeMeta}");
    }

    private static (string? Patch, string PatchType) ReadPatch(JsonObject response, string webhook, bool isV1, bool mutating)
    {
        var encoded = response.Text("patch");
        var hasType = response.Has("patchType");
        var type = response.Text("patchType");
        if (!mutating)
        {
            if (isV1 && encoded.Length > 0)
                throw Invalid(webhook, "validating webhook may not return response.patch");
            if (isV1 && hasType)
                throw Invalid(webhook, "validating webhook may not return response.patchType");
            return (null, "");
        }

        if (isV1 && encoded.Length > 0 && !hasType)
            throw Invalid(webhook, "webhook returned response.patch but not response.patchType");
        if (isV1 && encoded.Length == 0 && hasType)
            throw Invalid(webhook, "webhook returned response.patchType but not response.patch");
        if (isV1 && hasType && type.Length == 0)
            throw Invalid(webhook, $"webhook returned invalid response.patchType of \"{type}\"");
        if (encoded.Length == 0)
            return (null, "");
        try
        {
            return (Encoding.UTF8.GetString(Convert.FromBase64String(encoded)), hasType ? type : "JSONPatch");
        }
        catch (FormatException)
        {
            throw NotCalled(webhook, "illegal base64 data at input byte 0");
        }
    }

    /// <summary>A denial keeps the webhook's code, reason and details; codes below 400 become 400.</summary>
    private static ApiStatusException Refusal(string webhook, JsonObject? status)
    {
        var denied = $"admission webhook \"{webhook}\" denied the request";
        var message = status.Text("message") is { Length: > 0 } text ? $"{denied}: {text}"
            : status.Text("reason") is { Length: > 0 } reason ? $"{denied}: {reason}"
            : $"{denied} without explanation";
        var code = (int)(status.Number("code") ?? 0);
        return new ApiStatusException(code < 400 ? 400 : code, status.Text("reason"), message, status.Object("details")?.DeepClone() as JsonObject);
    }

    private static WebhookCallException NotCalled(string webhook, string why) => new(webhook, $"failed to call webhook: {why}");

    private static WebhookCallException Invalid(string webhook, string why) => new(webhook, $"received invalid webhook response: {why}");
}
