using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Events;

namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>The functions' own event endpoint, on Azure and on this machine: delivers as Event Grid does, with its system key.</summary>
/// <param name="client">Reaches the endpoint.</param>
/// <param name="functions">The functions' address.</param>
/// <param name="key">The system key <c>eventgrid_extension</c>.</param>
/// <param name="functionOf">The function that subscribes to a type; null for none.</param>
public sealed class FunctionsTarget(HttpClient client, Uri functions, string key, Func<string, string?> functionOf) : IEventTarget
{
    public (string? Receiver, string? Reason) ReceiverOf(ReceivedEvent received) =>
        functionOf(received.Type) is { } function ? (function, null) : (null, $"no function subscribes to {received.Type}");

    public async Task SendAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var function = functionOf(letter.Received?.Type ?? "") ?? throw new EventRefusedException("no function subscribes to it", forAll: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(functions, $"/runtime/webhooks/EventGrid?functionName={Uri.EscapeDataString(function)}"));
        request.Headers.Add("x-functions-key", key);
        request.Headers.Add("aeg-event-type", "Notification");
        var isCloudEvent = letter.Original.ContainsKey("specversion");
        JsonNode body = isCloudEvent ? letter.Original : new JsonArray(letter.Original.DeepClone());
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(isCloudEvent ? "application/cloudevents+json" : "application/json", "utf-8"));
        var status = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (status is >= HttpStatusCode.OK and <= HttpStatusCode.NoContent)
            return;
        throw status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new EventRefusedException(
                $"{functions} does not accept the key: it takes the system key 'eventgrid_extension' (az functionapp keys list)", forAll: true),
            HttpStatusCode.NotFound => new EventRefusedException($"{functions} has no function {function}: is it the address of the function app?", forAll: true),
            _ => new EventRefusedException($"{function} answered HTTP {(int)status}; its log says why", forAll: false),
        };
    }

    private async Task<HttpStatusCode> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return response.StatusCode;
        }
        catch (HttpRequestException silence)
        {
            throw new EventRefusedException($"{functions} cannot be reached: {silence.GetBaseException().Message}", forAll: true, silence);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventRefusedException($"{functions} did not answer in time", forAll: false, late);
        }
    }
}
