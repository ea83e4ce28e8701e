using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Arm;

/// <summary>
/// Microsoft.ResourceGraph/resources, version 2022-10-01, for one query alone: AKS clusters by the value of a tag. Any other query is
/// refused, so that a test notices when the product asks something else.
/// </summary>
internal sealed partial class ResourceGraphEndpoint(EmbeddedArm arm, int pageSize)
{
    public const string Path = "/providers/Microsoft.ResourceGraph/resources";

    private const string ApiVersion = "2022-10-01";

    public async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Query["api-version"] != ApiVersion)
            await EmbeddedArm.RefuseAsync(context, 400, "InvalidApiVersionParameter");
        else if (request.Method != "POST" || request.ContentType != "application/json" || await BodyAsync(context) is not { } body)
            await EmbeddedArm.RefuseAsync(context, 400, "BadRequest");
        else
            await AnswerAsync(context, body);
    }

    private async Task AnswerAsync(HttpContext context, JsonObject body)
    {
        if (arm.Quota is { } quota)
        {
            context.Response.Headers["x-ms-user-quota-remaining"] = Math.Max(0, quota - 1).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["x-ms-user-quota-resets-after"] = "00:00:01";
            if (quota <= 0)
            {
                // The window passes while whoever asks waits.
                arm.Quota = 15;
                await EmbeddedArm.RefuseAsync(context, 429, "RateLimiting");
                return;
            }

            arm.Quota = quota - 1;
        }

        arm.Queries.Enqueue(body);
        var options = body["options"] as JsonObject ?? [];
        var match = Query().Match($"{body["query"]}");
        if (!match.Success || $"{options["resultFormat"]}" != "objectArray")
        {
            await EmbeddedArm.RefuseAsync(context, 400, "InvalidQuery");
            return;
        }

        var subscriptions = (body["subscriptions"] as JsonArray ?? []).Select(id => $"{id}").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var rows = arm.IsGraphBlind ? [] : arm.Store.All().Where(resource => Fits(resource, subscriptions, match.Groups["tag"].Value, match.Groups["value"].Value)).ToList();
        await context.Response.WriteAsJsonAsync(Page(rows, options), context.RequestAborted);
    }

    private JsonObject Page(List<JsonObject> rows, JsonObject options)
    {
        var size = Math.Min(options["$top"] is JsonValue top && top.TryGetValue<int>(out var wanted) ? wanted : 100, pageSize);
        var start = int.TryParse($"{options["$skipToken"]}", CultureInfo.InvariantCulture, out var token) ? token : 0;
        var page = rows.Skip(start).Take(size).Select(row => (JsonNode)new JsonObject { ["id"] = row["id"]?.DeepClone() }).ToArray();
        var answer = new JsonObject
        {
            ["totalRecords"] = rows.Count,
            ["count"] = page.Length,
            ["data"] = new JsonArray(page),
            ["facets"] = new JsonArray(),
            ["resultTruncated"] = "false",
        };
        if (start + size < rows.Count)
            answer["$skipToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        return answer;
    }

    // Resource Graph looks tags up by the very name, and compares with =~ in any case.
    private static bool Fits(JsonObject resource, HashSet<string> subscriptions, string tag, string value) =>
        $"{resource["id"]}".Split('/') is [_, _, var subscription, ..] && subscriptions.Contains(subscription)
        && (resource["tags"] as JsonObject ?? []).Any(entry => entry.Key == tag
            && string.Equals($"{entry.Value}", value, StringComparison.OrdinalIgnoreCase));

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

    [GeneratedRegex(@"\Aresources \| where type =~ 'microsoft\.containerservice/managedclusters' \| where tags\['(?<tag>[\w-]+)'\] =~ '(?<value>[\w-]+)' \| project id \| order by id asc\z")]
    private static partial Regex Query();
}
