using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Vault;

/// <summary>Key Vault's REST interface: who may ask at all, and which of its parts answers.</summary>
internal sealed partial class VaultEndpoint(SecretsEndpoint secrets, CertificatesEndpoint certificates, VaultFaults faults, string token)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        if (request.Headers.Authorization.ToString() != $"Bearer {token}")
        {
            // Key Vault's challenge: the client learns from it where to get a token, and for whom.
            context.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"https://login.windows.net/{Guid.Empty}\", resource=\"https://vault.azure.net\"";
            await VaultAnswers.RefuseAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
        }
        else if (faults.NextThrottle() is { } delay)
        {
            context.Response.Headers.RetryAfter = ((int)delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await VaultAnswers.RefuseAsync(context, StatusCodes.Status429TooManyRequests, "Throttled", "Request was not processed because too many requests were received.");
        }
        else if (!ApiVersion().IsMatch(request.Query["api-version"].ToString()))
        {
            await VaultAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "BadParameter", "The specified version is not recognized. Consider using the latest supported version.");
        }
        else if (faults.ForbiddenPath is { } forbidden && path.StartsWith(forbidden, StringComparison.OrdinalIgnoreCase))
        {
            await VaultAnswers.RefuseAsync(context, StatusCodes.Status403Forbidden, "Forbidden", "Caller is not authorized to perform action on resource.", "ForbiddenByRbac");
        }
        else
        {
            faults.BeforeAnswer?.Invoke(path);
            await RouteAsync(context, path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    private Task RouteAsync(HttpContext context, string[] segments) => segments switch
    {
        [_, var name, ..] when !Name().IsMatch(name) =>
            VaultAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "BadParameter", $"The request URI contains an invalid name: {name}"),
        ["secrets" or "deletedsecrets", ..] => secrets.AnswerAsync(context, segments),
        ["certificates" or "deletedcertificates", ..] => certificates.AnswerAsync(context, segments),
        _ => VaultAnswers.RefuseAsync(context, StatusCodes.Status404NotFound, "NotFound", "This vault serves secrets and certificates."),
    };

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}$")]
    private static partial Regex Name();

    // 7.x, and since 2025 dates.
    [GeneratedRegex(@"^(7\.\d|\d{4}-\d{2}-\d{2}(-preview(\.\d)?)?)$")]
    private static partial Regex ApiVersion();
}
