using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Runtime.Arm;

/// <summary>
/// Azure Resource Manager's REST interface on raw JSON: tokens, retries (429 with Retry-After among them), pages and long-running
/// operations. Throws <see cref="ArmException"/> for a refusal and <see cref="ArmUnreachableException"/> for silence.
/// </summary>
/// <param name="credential">Gives tokens for ARM.</param>
/// <param name="time">Waits between looks at an operation.</param>
/// <param name="transport">Only where ARM is embedded.</param>
public sealed class ArmClient(TokenCredential credential, TimeProvider time, HttpPipelineTransport? transport = null)
{
    private static readonly Uri Address = new("https://management.azure.com");
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(
        new ArmOptions(transport), new BearerTokenAuthenticationPolicy(credential, "https://management.azure.com/.default"));

    /// <summary>The resource. Also one that is not there is a refusal, whose code says what is missing.</summary>
    public async Task<JsonObject> ReadAsync(string path, string version, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(RequestMethod.Get, At(path, version, null), null, null, null, cancellationToken).ConfigureAwait(false);
        return Body(response);
    }

    /// <summary>What a request gives that changes nothing, although it is a POST: it is tried again as a read is.</summary>
    public async Task<ArmReply> PostAsync(string path, string version, JsonObject? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(RequestMethod.Post, At(path, version, null), null, null, body, cancellationToken).ConfigureAwait(false);
        var headers = response.Headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase);
        return new ArmReply(Body(response), headers.GetValueOrDefault);
    }

    /// <summary>The resource, or null where there is none.</summary>
    public async Task<JsonObject?> GetAsync(string path, string version, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(path, version, cancellationToken).ConfigureAwait(false);
        }
        catch (ArmException refusal) when (refusal.Status == 404)
        {
            return null;
        }
    }

    /// <summary>All resources of a list, page by page; none where what it lies in is not there.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string path, string version, string? query, CancellationToken cancellationToken)
    {
        var items = new List<JsonObject>();
        Uri? next = At(path, version, query);
        while (next is not null)
        {
            Response response;
            try
            {
                response = await SendAsync(RequestMethod.Get, next, null, null, null, cancellationToken).ConfigureAwait(false);
            }
            catch (ArmException refusal) when (refusal.Status == 404)
            {
                return [];
            }

            using (response)
            {
                var page = Body(response);
                items.AddRange((page["value"] as JsonArray ?? []).OfType<JsonObject>());
                next = ObjectMetadata.TextOf(page["nextLink"]) is { Length: > 0 } link ? OwnAddress(link) : null;
            }
        }

        return items;
    }

    /// <param name="path">The resource's id.</param>
    /// <param name="version">The api-version of its provider.</param>
    /// <param name="body">The whole resource.</param>
    /// <param name="etag">The state that it replaces; null: it must not be there yet.</param>
    /// <param name="cancellationToken">Ends the wait for a long-running operation as well.</param>
    public async Task PutAsync(string path, string version, JsonObject body, string? etag, CancellationToken cancellationToken)
    {
        var condition = etag is null ? ("If-None-Match", "*") : ("If-Match", etag);
        using var response = await SendAsync(RequestMethod.Put, At(path, version, null), condition.Item1, condition.Item2, body, cancellationToken).ConfigureAwait(false);
        await CompleteAsync(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a resource in the state that was observed; one that is gone already is no fault.</summary>
    public async Task DeleteAsync(string path, string version, string? etag, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(RequestMethod.Delete, At(path, version, null), etag is null ? null : "If-Match", etag, null, cancellationToken).ConfigureAwait(false);
            await CompleteAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (ArmException refusal) when (refusal.Status == 404)
        {
            return;
        }
    }

    /// <summary>Follows a long-running operation to its end: by Azure-AsyncOperation, or where there is none by Location.</summary>
    private async Task CompleteAsync(Response first, CancellationToken cancellationToken)
    {
        var answer = first;
        var operation = Header(first, "Azure-AsyncOperation");
        // A resource that is being created comes with 201, and goes on all the same.
        var location = operation ?? (first.Status is 201 or 202 ? Header(first, "Location") : null);
        while (location is not null)
        {
            await Task.Delay(Wait(answer), time, cancellationToken).ConfigureAwait(false);
            if (answer != first)
                answer.Dispose();
            answer = await SendAsync(RequestMethod.Get, OwnAddress(location), null, null, null, cancellationToken).ConfigureAwait(false);
            if (answer.Status == 202 && operation is null)
                continue;
            var outcome = Body(answer);
            switch (ObjectMetadata.TextOf(outcome["status"]))
            {
                case "Failed" or "Canceled":
                    throw Refusal(0, outcome);
                case null or "Succeeded":
                    return;
                default:
                    continue;
            }
        }
    }

    private static TimeSpan Wait(Response response) =>
        int.TryParse(Header(response, "Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : LookAgain;

    private async Task<Response> SendAsync(
        RequestMethod method, Uri address, string? condition, string? etag, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = _pipeline.CreateRequest();
        request.Method = method;
        request.Uri.Reset(address);
        request.Headers.Add("Accept", "application/json");
        if (condition is not null && etag is not null)
            request.Headers.Add(condition, etag);
        if (body is not null)
        {
            request.Headers.Add("Content-Type", "application/json");
            request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(body.ToJsonString()));
        }

        Response response;
        try
        {
            response = await _pipeline.SendRequestAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is RequestFailedException or AggregateException or AuthenticationFailedException)
        {
            throw new ArmUnreachableException(AzureFaults.Text(fault), fault);
        }

        if (!response.IsError)
            return response;
        using (response)
            throw Refusal(response.Status, Body(response));
    }

    private static ArmException Refusal(int status, JsonObject body)
    {
        var error = body["error"] as JsonObject ?? body;
        var code = ObjectMetadata.TextOf(error["code"]) ?? "";
        // A failed operation is told of with HTTP 200; only its code says which status the request itself would have had.
        if (status == 0)
            status = code switch { "PreconditionFailed" => 412, "ResourceNotFound" or "ParentResourceNotFound" => 404, _ => 409 };
        return new ArmException(status, code, ObjectMetadata.TextOf(error["message"]) ?? "no reason was given");
    }

    private static JsonObject Body(Response response) =>
        StrictJson.TryParse(response.Content.ToMemory().Span, out var json, out _) && json is JsonObject body ? body : [];

    private static string? Header(Response response, string name) => response.Headers.TryGetValue(name, out var value) ? value : null;

    private static Uri At(string path, string version, string? query) => new(Address, $"{path}?api-version={version}{(query is null ? "" : "&" + query)}");

    /// <summary>The token goes to ARM alone, wherever an answer points.</summary>
    private static Uri OwnAddress(string link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.Authority == Address.Authority
            ? address
            : throw new ArmUnreachableException("an answer points away from management.azure.com");

    private sealed class ArmOptions : ClientOptions
    {
        public ArmOptions(HttpPipelineTransport? transport)
        {
            if (transport is not null)
                Transport = transport;
            Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
            RetryPolicy = new ShortWaits();
        }
    }
}
