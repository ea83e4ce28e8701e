using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Secrecy;

namespace Isthmus.Core.Federation;

/// <summary>
/// Kubernetes Events about labelled Services, which have no conditions. What an Event says makes its name, so that saying the same
/// again makes no second one, and a run that finds nothing new writes none.
/// </summary>
internal static class ExportEvents
{
    // The API server's limit for an Event's message.
    private const int MostCharacters = 1024;

    public static PlannedAction Warn(ClusterName cluster, JsonObject service, ExportFault fault, DateTimeOffset now)
    {
        var text = $"{service.Uid()}\n{fault.Reason}\n{fault.Message}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        var id = new ObjectId(cluster, ResourceKind.Event, service.NamespaceName(), $"{service.Name()}.{hash}");
        var time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new PlannedAction.Create(id, new JsonObject
        {
            ["apiVersion"] = id.Kind.ApiVersion,
            ["kind"] = id.Kind.Kind,
            ["metadata"] = new JsonObject { ["name"] = id.Name, ["namespace"] = id.Namespace },
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = ResourceKind.Service.ApiVersion,
                ["kind"] = ResourceKind.Service.Kind,
                ["namespace"] = id.Namespace,
                ["name"] = service.Name(),
                ["uid"] = service.Uid(),
            },
            ["type"] = "Warning",
            ["reason"] = fault.Reason.Replace(",", "", StringComparison.Ordinal),
            ["message"] = Shown(fault.Message),
            ["count"] = 1,
            ["firstTimestamp"] = time,
            ["lastTimestamp"] = time,
            ["source"] = new JsonObject { ["component"] = "isthmus" },
            ["reportingComponent"] = "isthmus.dev/exports",
        });
    }

    private static string Shown(string message)
    {
        var text = Redaction.Text(message);
        return text.Length > MostCharacters ? text[..MostCharacters] : text;
    }
}
