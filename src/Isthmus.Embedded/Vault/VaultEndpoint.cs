using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Vault;

/// <summary>The part of Key Vault's REST interface that serves secrets.</summary>
internal sealed partial class VaultEndpoint(SecretStore secrets, Uri address, string token)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.Authorization.ToString() != $"Bearer {token}")
        {
            // Key Vault's challenge: the client learns from it where to get a token, and for whom.
            context.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"https://login.windows.net/{Guid.Empty}\", resource=\"https://vault.azure.net\"";
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
            return;
        }

        var segments = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var answered = (request.Method, segments) switch
        {
            (_, ["secrets", var name, ..]) when !Name().IsMatch(name) =>
                RefuseAsync(context, StatusCodes.Status400BadRequest, "BadParameter", $"The request URI contains an invalid name: {name}"),
            ("GET", ["secrets"]) => ListAsync(context),
            ("GET", ["secrets", var name, "versions"]) => ListVersionsAsync(context, name),
            ("GET", ["secrets", var name]) => GetAsync(context, name, null),
            ("GET", ["secrets", var name, var version]) => GetAsync(context, name, version),
            ("PUT", ["secrets", var name]) => SetAsync(context, name),
            _ => RefuseAsync(context, StatusCodes.Status404NotFound, "NotFound", "This vault serves secrets only."),
        };
        await answered;
    }

    private Task GetAsync(HttpContext context, string name, string? version)
    {
        if (secrets.Find(name, version) is not { } found)
            return RefuseAsync(context, StatusCodes.Status404NotFound, "SecretNotFound", $"A secret with (name/id) {name}{(version is null ? "" : "/" + version)} was not found in this key vault.");
        var answer = Describe(name, found, withVersion: true);
        answer.Insert(0, "value", found.Value);
        return context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
    }

    private async Task SetAsync(HttpContext context, string name)
    {
        JsonNode? body;
        try
        {
            body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            body = null;
        }

        if (body is not JsonObject secret || secret["value"] is not JsonValue value)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "BadParameter", "Property value is required.");
            return;
        }

        var version = secrets.Add(name, value.ToString(), secret["contentType"]?.ToString() ?? "", ofCertificate: false);
        await GetAsync(context, name, version);
    }

    private Task ListAsync(HttpContext context) => ListAsync(
        context, secrets.Names().Select(name => (name, secrets.Find(name, null))).Where(pair => pair.Item2 is not null), withVersion: false);

    private Task ListVersionsAsync(HttpContext context, string name) =>
        ListAsync(context, secrets.Versions(name).Select(version => (name, (SecretVersion?)version)), withVersion: true);

    private Task ListAsync(HttpContext context, IEnumerable<(string Name, SecretVersion? Version)> found, bool withVersion)
    {
        var items = new JsonArray([.. found.Select(pair => pair.Version is { } version ? Describe(pair.Name, version, withVersion) : null)]);
        return context.Response.WriteAsJsonAsync(new JsonObject { ["value"] = items, ["nextLink"] = null }, context.RequestAborted);
    }

    private JsonObject Describe(string name, SecretVersion version, bool withVersion)
    {
        var described = new JsonObject
        {
            ["contentType"] = version.ContentType,
            ["id"] = new Uri(address, withVersion ? $"/secrets/{name}/{version.Version}" : $"/secrets/{name}").ToString(),
            ["attributes"] = new JsonObject
            {
                ["enabled"] = true,
                ["created"] = version.Created.ToUnixTimeSeconds(),
                ["updated"] = version.Created.ToUnixTimeSeconds(),
                ["recoveryLevel"] = "Recoverable+Purgeable",
            },
        };
        if (version.OfCertificate)
        {
            described["managed"] = true;
            described["kid"] = new Uri(address, $"/keys/{name}/{version.Version}").ToString();
        }

        return described;
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } }, context.RequestAborted);
    }

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}$")]
    private static partial Regex Name();
}
