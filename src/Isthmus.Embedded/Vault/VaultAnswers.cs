using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Vault;

/// <summary>The shapes that all of Key Vault's answers share.</summary>
internal static class VaultAnswers
{
    /// <summary>Key Vault's own limit of a page.</summary>
    private const int LargestPage = 25;

    public static Task RefuseAsync(HttpContext context, int status, string code, string message, string? inner = null)
    {
        context.Response.StatusCode = status;
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (inner is not null)
            error["innererror"] = new JsonObject { ["code"] = inner };
        return context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = error }, context.RequestAborted);
    }

    public static Task WriteAsync(HttpContext context, JsonObject body) => context.Response.WriteAsJsonAsync(body, context.RequestAborted);

    /// <summary>Null where the body is no JSON object.</summary>
    public static async Task<JsonObject?> ReadAsync(HttpContext context)
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

    /// <summary>One page of a list, with the link to the next.</summary>
    public static Task ListAsync(HttpContext context, Uri address, IReadOnlyList<JsonObject> items)
    {
        var query = context.Request.Query;
        var size = int.TryParse(query["maxresults"], CultureInfo.InvariantCulture, out var wanted) ? Math.Clamp(wanted, 1, LargestPage) : LargestPage;
        var from = int.TryParse(query["$skiptoken"], CultureInfo.InvariantCulture, out var skipped) ? Math.Clamp(skipped, 0, items.Count) : 0;
        var next = from + size < items.Count
            ? new Uri(address, $"{context.Request.Path}?api-version={query["api-version"]}&$skiptoken={from + size}&maxresults={size}").ToString()
            : null;
        return WriteAsync(context, new JsonObject { ["value"] = new JsonArray([.. items.Skip(from).Take(size)]), ["nextLink"] = next });
    }

    public static JsonObject Attributes(SecretVersion version)
    {
        var attributes = new JsonObject
        {
            ["enabled"] = version.IsEnabled,
            ["created"] = version.Created.ToUnixTimeSeconds(),
            ["updated"] = version.Updated.ToUnixTimeSeconds(),
            ["recoveryLevel"] = "Recoverable+Purgeable",
        };
        if (version.NotBefore is { } from)
            attributes["nbf"] = from;
        if (version.Expires is { } until)
            attributes["exp"] = until;
        return attributes;
    }

    /// <summary>Takes over what an update's <c>attributes</c> name.</summary>
    public static void Update(SecretVersion version, JsonObject body, DateTimeOffset now)
    {
        var attributes = body["attributes"] as JsonObject;
        if (attributes?["enabled"] is JsonValue enabled && enabled.TryGetValue<bool>(out var isEnabled))
            version.IsEnabled = isEnabled;
        if (attributes?["nbf"] is JsonValue from && from.TryGetValue<long>(out var notBefore))
            version.NotBefore = notBefore;
        if (attributes?["exp"] is JsonValue until && until.TryGetValue<long>(out var expires))
            version.Expires = expires;
        version.Updated = now;
    }

    public static JsonObject DescribeDeleted(JsonObject described, VaultItem item, Uri address, string collection)
    {
        var deleted = item.Deleted ?? DateTimeOffset.UnixEpoch;
        described["recoveryId"] = new Uri(address, $"/deleted{collection}/{item.Name}").ToString();
        described["deletedDate"] = deleted.ToUnixTimeSeconds();
        described["scheduledPurgeDate"] = deleted.AddDays(90).ToUnixTimeSeconds();
        return described;
    }
}
