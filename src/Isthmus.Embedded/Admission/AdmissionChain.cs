using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>
/// Admission as a real API server runs it: built-in mutation, mutating webhooks one after another (some once more when later
/// ones changed the object), later validating webhooks side by side. Refusals are <see cref="ApiStatusException"/>.
/// </summary>
internal sealed class AdmissionChain(IWebhookConfigurations configurations, ServiceAddressResolver? resolveService = null) : IDisposable
{
    private readonly WebhookClient _client = new(resolveService);

    /// <summary>Answers the object as admission leaves it (null for a delete); adds the webhooks' warnings.</summary>
    public async Task<JsonObject?> MutateAsync(AdmissionAttributes attributes, List<string> warnings, CancellationToken cancellationToken)
    {
        var current = attributes with { Object = BuiltInMutation.Apply(attributes) };
        if (WebhookMatcher.IsExempt(attributes.Resource))
            return current.Object;
        var webhooks = Registered(configurations.Mutating);
        var (invoked, again) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        current = await PassAsync(webhooks, null);

        // Kubernetes goes through them once more, never twice.
        if (again.Count > 0)
            current = await PassAsync(webhooks, [.. again]);
        return current.Object;

        async Task<AdmissionAttributes> PassAsync(IReadOnlyList<Webhook> all, HashSet<string>? only)
        {
            foreach (var webhook in all.Where(webhook => only?.Contains(webhook.Id) != false))
            {
                if (WebhookMatcher.Match(webhook, current, configurations) is not { } call)
                    continue;
                var changed = await CallMutatingAsync(call, warnings, cancellationToken);
                if (changed is not null && !JsonNode.DeepEquals(changed, current.Object))
                {
                    current = current with { Object = changed };
                    again.UnionWith(invoked);
                    invoked.Clear();
                }

                if (webhook.Reinvoke)
                    invoked.Add(webhook.Id);
            }

            return current;
        }
    }

    public async Task ValidateAsync(AdmissionAttributes attributes, List<string> warnings, CancellationToken cancellationToken)
    {
        if (WebhookMatcher.IsExempt(attributes.Resource))
            return;
        var calls = Registered(configurations.Validating)
            .Select(webhook => WebhookMatcher.Match(webhook, attributes, configurations)).OfType<WebhookCall>().ToArray();
        var outcomes = await Task.WhenAll(calls.Select(call => CallValidatingAsync(call, cancellationToken)));
        foreach (var (given, _) in outcomes)
            warnings.AddRange(given);
        if (outcomes.Select(outcome => outcome.Refusal).FirstOrDefault(refusal => refusal is not null) is { } first)
            throw first;
    }

    public void Dispose() => _client.Dispose();

    private static Webhook[] Registered(IReadOnlyList<JsonObject> stored) =>
    [
        .. stored.OrderBy(configuration => configuration.Text("metadata", "name"), StringComparer.Ordinal)
            .SelectMany(configuration => configuration.Objects("webhooks").Select((webhook, i) => new Webhook($"{configuration.Text("metadata", "name")}/{i}", webhook))),
    ];

    private async Task<JsonObject?> CallMutatingAsync(WebhookCall call, List<string> warnings, CancellationToken cancellationToken)
    {
        WebhookAnswer answer;
        try
        {
            answer = await _client.CallAsync(call, mutating: true, cancellationToken);
        }
        catch (WebhookCallException) when (call.Webhook.IgnoresFailures)
        {
            return null;
        }
        catch (WebhookCallException failure)
        {
            throw Failed(failure);
        }

        warnings.AddRange(answer.Warnings);
        if (answer.Refusal is { } refusal)
            throw refusal;
        return answer.Patch is null ? null : Patched(call, answer.Patch, answer.PatchType);
    }

    private JsonObject? Patched(WebhookCall call, string patchText, string patchType)
    {
        var patch = ParsePatch(patchText);
        if (patch.Count == 0)
            return null;
        if (call.Attributes.Object is not { } before)
            throw InternalError($"admission webhook \"{call.Webhook.Name}\" attempted to modify the object, which is not supported for this operation");
        if (patchType != "JSONPatch")
            return call.Webhook.IgnoresFailures ? null : throw Failed(new WebhookCallException(call.Webhook.Name, $"unsupported patch type \"{patchType}\""));
        try
        {
            if (JsonPatch.Apply(before, patch) is not JsonObject after)
                throw InternalError("json: cannot unmarshal into Go value of type map[string]interface {}");
            var own = call.InOwnVersion(after);
            if (own.Text("kind") == call.Original.Kind && configurations.Rules(call.Original) is { } rules)
            {
                rules.Prune(own);
                rules.Default(own);
            }

            return own;
        }
        catch (JsonPatchException e)
        {
            throw InternalError(e.Message);
        }
        catch (ApiStatusException e) when (e.Code == 400)
        {
            // A webhook's patch of a wrong type is the server's error, and told without the decoder's preamble.
            throw InternalError(e.Message[(e.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
        }
    }

    private static JsonArray ParsePatch(string text)
    {
        try
        {
            return JsonNode.Parse(text) switch
            {
                JsonArray array => array,
                null => [],
                var other => throw InternalError($"json: cannot unmarshal {other.GetValueKind().ToString().ToLowerInvariant()} into Go value of type jsonpatch.Patch"),
            };
        }
        catch (JsonException e)
        {
            throw InternalError(GoJsonErrors.Describe(text, e));
        }
    }

    private async Task<(IReadOnlyList<string> Warnings, ApiStatusException? Refusal)> CallValidatingAsync(WebhookCall call, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _client.CallAsync(call, mutating: false, cancellationToken);
            return (answer.Warnings, answer.Refusal);
        }
        catch (WebhookCallException) when (call.Webhook.IgnoresFailures)
        {
            return ([], null);
        }
        catch (WebhookCallException failure)
        {
            return ([], Failed(failure));
        }
    }

    private static ApiStatusException Failed(WebhookCallException failure) => InternalError(failure.Message);

    private static ApiStatusException InternalError(string cause) =>
        new(500, "InternalError", $"Internal error occurred: {cause}", new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = cause }) });
}
