using System.Text;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>What injection needs of an AdmissionReview, and how its answer is shaped.</summary>
internal sealed record AdmissionRequest
{
    private const string Current = "admission.k8s.io/v1";
    private const string Older = "admission.k8s.io/v1beta1";

    private string ApiVersion { get; init; } = Older;

    private string Uid { get; init; } = "";

    public string Namespace { get; private init; } = "";

    public JsonObject Pod { get; private init; } = [];

    /// <summary>Why the review cannot be answered as it asks; null where it can.</summary>
    public string? Error { get; private init; }

    /// <summary>Istio's rule: a body that is no review is refused in the older shape.</summary>
    public static AdmissionRequest Undecodable { get; } = new();

    public static AdmissionRequest TakeFrom(JsonObject review)
    {
        var request = review.Object("request");
        var answer = new AdmissionRequest { Uid = request.Text("uid") ?? "", Namespace = request.Text("namespace") ?? "" };
        var version = review.Text("apiVersion");
        if (version is not (Current or Older) || review.Text("kind") != "AdmissionReview")
            return answer with { Error = $"could not decode the body: no kind \"{review.Text("kind")}\" is known in version \"{version}\"" };
        answer = answer with { ApiVersion = version };
        if (request is null) return answer with { Error = "the AdmissionReview holds no request" };
        request.TryGetPropertyValue("object", out var pod);
        if (pod is not JsonObject found) return answer with { Error = "could not unmarshal raw object: the request holds no pod" };
        request.Remove("object");
        return answer with { Pod = found };
    }

    public ReviewOutcome Answer(InjectionResult result)
    {
        var response = new JsonObject { ["uid"] = Uid };
        switch (result)
        {
            case InjectionResult.Failed:
                return new ReviewOutcome(Uid, null, result);
            case InjectionResult.Refused refused:
                response["allowed"] = false;
                response["status"] = new JsonObject { ["metadata"] = new JsonObject(), ["message"] = refused.Message };
                break;
            case InjectionResult.Injected injected:
                return Answer(new InjectedPods.Known(injected, PatchText(injected)));
            default:
                response["allowed"] = true;
                break;
        }
        return Answer(response, result);
    }

    public ReviewOutcome Answer(InjectedPods.Known injected) => Answer(
        new JsonObject { ["uid"] = Uid, ["allowed"] = true, ["patch"] = injected.Patch, ["patchType"] = "JSONPatch" }, injected.Result);

    /// <summary>The patch as a review carries it: JSON in base64.</summary>
    public static string PatchText(InjectionResult.Injected injected) => Convert.ToBase64String(Encoding.UTF8.GetBytes(injected.Patch.ToJsonString()));

    private ReviewOutcome Answer(JsonObject response, InjectionResult result) =>
        new(Uid, new JsonObject { ["kind"] = "AdmissionReview", ["apiVersion"] = ApiVersion, ["response"] = response }, result);
}
