using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.PrivateDns;

/// <summary>Paths and methods of ARM's private DNS interface, version 2020-06-01.</summary>
internal sealed class PrivateDnsEndpoint(PrivateDnsStore store, PrivateDnsOptions options, Uri address)
{
    private const string ApiVersion = "2020-06-01";

    private readonly PrivateDnsResources _resources = new(store, options);

    public async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (context.Request.Headers.Accept != "application/json" || (context.Request.Method == "PUT" && context.Request.ContentType != "application/json"))
        {
            await WriteAsync(context, ArmAnswer.Refusal(415, "UnsupportedMediaType", "The content media type is not supported. Only 'application/json' is."));
            return;
        }

        if (context.Request.Query["api-version"] != ApiVersion)
        {
            await WriteAsync(context, ArmAnswer.Refusal(400, "InvalidApiVersionParameter", $"The api-version '{context.Request.Query["api-version"]}' is invalid."));
            return;
        }

        if (path.StartsWith("/operations/", StringComparison.Ordinal))
        {
            var outcome = store.Poll(path[(path.LastIndexOf('/') + 1)..]);
            context.Response.Headers.RetryAfter = "0";
            await WriteAsync(context, outcome is null ? ArmAnswer.Missing(path) : new ArmAnswer(200, outcome));
            return;
        }

        var root = options.ResourceGroup + "/providers/Microsoft.Network/privateDnsZones";
        var below = path.StartsWith(root, StringComparison.OrdinalIgnoreCase) ? path[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries) : null;
        var answer = below is null
            ? ArmAnswer.Refusal(404, "ResourceGroupNotFound", "Resource group could not be found.")
            : await AnswerAsync(context, below);
        if (answer.Operation is { } operation)
        {
            context.Response.Headers["Azure-AsyncOperation"] = new Uri(address, $"/operations/{operation}?api-version={ApiVersion}").ToString();
            context.Response.Headers.RetryAfter = "0";
        }

        await WriteAsync(context, answer);
    }

    public static Task WriteAsync(HttpContext context, ArmAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        return answer.Body is { } body ? context.Response.WriteAsJsonAsync(body, context.RequestAborted) : Task.CompletedTask;
    }

    private async Task<ArmAnswer> AnswerAsync(HttpContext context, string[] below)
    {
        var request = context.Request;
        var (match, noneMatch) = (Header(request, "If-Match"), Header(request, "If-None-Match"));
        var path = string.Join('/', below);
        return (request.Method, below) switch
        {
            ("GET", []) => Page(request, store.Below("")),
            ("GET", [var zone, "virtualNetworkLinks"]) => store.Find(zone) is null ? ArmAnswer.Missing(zone) : Page(request, store.Below($"{zone}/virtualNetworkLinks/")),
            ("GET", [var zone, "ALL"]) => store.Find(zone) is null ? ArmAnswer.Missing(zone) : Page(request, _resources.Records(zone)),
            ("GET", [var zone, var type]) when PrivateDnsResources.IsType(type) =>
                store.Find(zone) is null ? ArmAnswer.Missing(zone) : Page(request, store.Below($"{zone}/{type}/")),
            ("GET", [_] or [_, _, _]) => _resources.Get(path) is { } found ? new ArmAnswer(200, found) : ArmAnswer.Missing(path),
            ("PUT", [_]) => await BodyAsync(context) is { } body ? _resources.PutZone(path, body, match, noneMatch) : NoBody(),
            ("PUT", [_, "virtualNetworkLinks", _]) => await BodyAsync(context) is { } body ? _resources.PutLink(path, body, match, noneMatch) : NoBody(),
            ("PUT", [_, var type, _]) when PrivateDnsResources.IsType(type) =>
                await BodyAsync(context) is { } body ? _resources.PutRecord(path, body, match, noneMatch) : NoBody(),
            ("DELETE", [_] or [_, "virtualNetworkLinks", _]) => _resources.DeleteLater(path, match),
            ("DELETE", [_, var type, _]) when PrivateDnsResources.IsType(type) => _resources.DeleteRecord(path, match),
            _ => ArmAnswer.Refusal(405, "MethodNotAllowed", $"{request.Method} is not served here."),
        };
    }

    private ArmAnswer Page(HttpRequest request, IReadOnlyList<JsonObject> all)
    {
        var suffix = request.Query["$recordsetnamesuffix"].ToString();
        var items = all.Where(item => suffix.Length == 0 || $"{item["name"]}".EndsWith("." + suffix, StringComparison.OrdinalIgnoreCase)).ToList();
        var size = Math.Min(Number(request, "$top", 100), options.PageSize);
        var start = Number(request, "$skiptoken", 0);
        var body = new JsonObject { ["value"] = new JsonArray([.. items.Skip(start).Take(size)]) };
        if (start + size < items.Count)
        {
            var filter = suffix.Length == 0 ? "" : $"&$recordsetnamesuffix={suffix}";
            body["nextLink"] = new Uri(address, $"{request.Path}?api-version={ApiVersion}&$top={size}{filter}&$skiptoken={start + size}").ToString();
        }

        return new ArmAnswer(200, body);
    }

    private static int Number(HttpRequest request, string name, int fallback) =>
        int.TryParse(request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : fallback;

    private static string? Header(HttpRequest request, string name) => request.Headers[name].ToString() is { Length: > 0 } value ? value : null;

    private static ArmAnswer NoBody() => ArmAnswer.Refusal(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");

    private static async Task<JsonObject?> BodyAsync(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
