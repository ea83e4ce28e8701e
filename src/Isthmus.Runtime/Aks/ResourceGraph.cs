using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Aks;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.Aks;

/// <summary>
/// Finds clusters by their tag in Azure Resource Graph. It answers with what the identity may read, so that what is not in an answer need
/// not be gone.
/// </summary>
public sealed class ResourceGraph(ArmClient arm, TimeProvider time)
{
    private const string Path = "/providers/Microsoft.ResourceGraph/resources";
    private const string ApiVersion = "2022-10-01";
    private const int PageSize = 1000;
    private const int SubscriptionsAtOnce = 200;

    // The window of its quota is 5 s.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(6);

    /// <summary>The ARM ids of the clusters that carry a mesh's tag.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(IReadOnlyList<string> subscriptions, string mesh, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var some in subscriptions.Chunk(SubscriptionsAtOnce))
        {
            string? next = null;
            do
            {
                var answer = await AskAsync(some, mesh, next, cancellationToken).ConfigureAwait(false);
                found.AddRange((answer.Body["data"] as JsonArray ?? []).Select(row => ObjectMetadata.TextOf(row?["id"])).OfType<string>().Where(ArmIds.IsManagedCluster));
                var token = ObjectMetadata.TextOf(answer.Body["$skipToken"]);
                if (token is not null && token == next)
                    throw new ArmUnreachableException("Resource Graph gives the same page again and again");
                next = token;
                if (answer.Header("x-ms-user-quota-remaining") == "0")
                    await Task.Delay(Wait(answer.Header("x-ms-user-quota-resets-after")), time, cancellationToken).ConfigureAwait(false);
            }
            while (!string.IsNullOrEmpty(next));
        }

        return [.. found.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private async Task<ArmReply> AskAsync(string[] subscriptions, string mesh, string? next, CancellationToken cancellationToken)
    {
        var options = new JsonObject { ["resultFormat"] = "objectArray", ["$top"] = PageSize };
        if (next is not null)
            options["$skipToken"] = next;
        var body = new JsonObject
        {
            ["subscriptions"] = new JsonArray([.. subscriptions.Select(id => (JsonNode)id)]),
            // A mesh's name is a label, so that it cannot end the text that it stands in. Pages need an order, and the id in it.
            ["query"] = $"resources | where type =~ 'microsoft.containerservice/managedclusters' | where tags['{AksTags.Mesh}'] =~ '{mesh}' | project id | order by id asc",
            ["options"] = options,
        };
        try
        {
            return await arm.PostAsync(Path, ApiVersion, body, cancellationToken).ConfigureAwait(false);
        }
        catch (ArmException throttled) when (throttled.Status == 429)
        {
            await Task.Delay(LongestWait, time, cancellationToken).ConfigureAwait(false);
            return await arm.PostAsync(Path, ApiVersion, body, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TimeSpan Wait(string? resetsAfter) =>
        TimeSpan.TryParse(resetsAfter, CultureInfo.InvariantCulture, out var wait) && wait > TimeSpan.Zero && wait < LongestWait ? wait : LongestWait;
}
