using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Vault;

/// <summary>The part of Key Vault's REST interface that serves secrets.</summary>
internal sealed class SecretsEndpoint(SecretStore secrets, Uri address, TimeProvider time, Action<string, string> written)
{
    public Task AnswerAsync(HttpContext context, string[] segments) => (context.Request.Method, segments) switch
    {
        ("GET", ["secrets"]) => VaultAnswers.ListAsync(context, address, [.. secrets.Names().Select(name => Describe(name, Newest(name), withVersion: false))]),
        ("GET", ["secrets", var name, "versions"]) =>
            VaultAnswers.ListAsync(context, address, [.. secrets.Versions(name).Select(version => Describe(name, version, withVersion: true))]),
        ("GET", ["secrets", var name]) => GetAsync(context, name, null),
        ("GET", ["secrets", var name, var version]) => GetAsync(context, name, version),
        ("PUT", ["secrets", var name]) => SetAsync(context, name),
        ("PATCH", ["secrets", var name, var version]) => UpdateAsync(context, name, version),
        ("DELETE", ["secrets", var name]) => DeleteAsync(context, name),
        ("GET", ["deletedsecrets", var name]) when secrets.FindDeleted(name) is { } item => WriteDeletedAsync(context, item),
        ("POST", ["deletedsecrets", var name, "recover"]) when secrets.TrySetDeleted(name, null) =>
            VaultAnswers.WriteAsync(context, Describe(name, Newest(name), withVersion: true)),
        (_, ["deletedsecrets", var name, ..]) => NotFoundAsync(context, name, null),
        _ => VaultAnswers.RefuseAsync(context, StatusCodes.Status404NotFound, "NotFound", "This vault does not serve that."),
    };

    private SecretVersion Newest(string name) => secrets.Find(name, null) ?? throw new InvalidOperationException($"{name} has no version");

    private Task GetAsync(HttpContext context, string name, string? version)
    {
        if (secrets.Find(name, version) is not { } found)
            return NotFoundAsync(context, name, version);
        if (!found.IsEnabled)
        {
            return VaultAnswers.RefuseAsync(
                context, StatusCodes.Status403Forbidden, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
        }

        var answer = Describe(name, found, withVersion: true);
        answer.Insert(0, "value", found.Value);
        return VaultAnswers.WriteAsync(context, answer);
    }

    private async Task SetAsync(HttpContext context, string name)
    {
        if (await VaultAnswers.ReadAsync(context) is not { } secret || secret["value"] is not JsonValue value)
        {
            await VaultAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "BadParameter", "Property value is required.");
            return;
        }

        var version = new SecretVersion(Guid.NewGuid().ToString("N"), value.ToString(), secret["contentType"]?.ToString() ?? "", time.GetUtcNow(), null);
        VaultAnswers.Update(version, secret, time.GetUtcNow());
        if (!secrets.TryAdd(name, version))
        {
            await VaultAnswers.RefuseAsync(
                context, StatusCodes.Status409Conflict, "Conflict", $"Secret {name} is currently in a deleted but recoverable state.", "ObjectIsDeletedButRecoverable");
            return;
        }

        written(name, version.Version);
        await GetAsync(context, name, version.Version);
    }

    private async Task UpdateAsync(HttpContext context, string name, string version)
    {
        if (secrets.Find(name, version) is not { } found)
            await NotFoundAsync(context, name, version);
        else if (await VaultAnswers.ReadAsync(context) is not { } body)
            await VaultAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "BadParameter", "The body is no JSON object.");
        else
        {
            VaultAnswers.Update(found, body, time.GetUtcNow());
            await VaultAnswers.WriteAsync(context, Describe(name, found, withVersion: true));
        }
    }

    private Task DeleteAsync(HttpContext context, string name) =>
        secrets.TrySetDeleted(name, time.GetUtcNow()) && secrets.FindDeleted(name) is { } item ? WriteDeletedAsync(context, item) : NotFoundAsync(context, name, null);

    private Task WriteDeletedAsync(HttpContext context, VaultItem item) => VaultAnswers.WriteAsync(
        context, VaultAnswers.DescribeDeleted(Describe(item.Name, item.Versions[^1], withVersion: true), item, address, "secrets"));

    private static Task NotFoundAsync(HttpContext context, string name, string? version) => VaultAnswers.RefuseAsync(
        context,
        StatusCodes.Status404NotFound,
        "SecretNotFound",
        $"A secret with (name/id) {name}{(version is null ? "" : "/" + version)} was not found in this key vault. If you recently deleted this secret you may be able to recover it.");

    private JsonObject Describe(string name, SecretVersion version, bool withVersion)
    {
        var described = new JsonObject
        {
            ["contentType"] = version.ContentType,
            ["id"] = new Uri(address, withVersion ? $"/secrets/{name}/{version.Version}" : $"/secrets/{name}").ToString(),
            ["attributes"] = VaultAnswers.Attributes(version),
        };
        if (version.Certificate is not null)
        {
            described["managed"] = true;
            described["kid"] = new Uri(address, $"/keys/{name}/{version.Version}").ToString();
        }

        return described;
    }
}
