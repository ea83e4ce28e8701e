using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Secrecy;

namespace Isthmus.Core.Trust;

/// <summary>
/// Notices as Kubernetes Events about <c>cacerts</c>. What is said makes the Event's name, so that the same is written once, until
/// the server lets the Event go after its hour.
/// </summary>
public static class TrustEvents
{
    // The API server's limit for an Event's message.
    private const int MostCharacters = 1024;

    public static ObjectId IdOf(ClusterName cluster, TrustNotice notice)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{notice.Reason}\n{notice.Message}")).AsSpan(0, 8));
        return new ObjectId(cluster, ResourceKind.Event, SystemNamespaces.Istio, $"{TrustPlanner.CaSecret(cluster).Name}.{hash}");
    }

    public static PlannedAction Warn(ObjectId id, string mesh, TrustNotice notice, DateTimeOffset now)
    {
        var secret = TrustPlanner.CaSecret(id.Cluster);
        var time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var content = Ownership.NewObject(id, mesh);
        content["involvedObject"] = new JsonObject
        {
            ["apiVersion"] = secret.Kind.ApiVersion,
            ["kind"] = secret.Kind.Kind,
            ["namespace"] = secret.Namespace,
            ["name"] = secret.Name,
        };
        content["type"] = "Warning";
        content["reason"] = notice.Reason;
        content["message"] = Shown(notice.Message);
        content["count"] = 1;
        content["firstTimestamp"] = time;
        content["lastTimestamp"] = time;
        content["source"] = new JsonObject { ["component"] = "isthmus" };
        content["reportingComponent"] = "isthmus.dev/trust";
        return new PlannedAction.Create(id, content);
    }

    private static string Shown(string message)
    {
        var text = Redaction.Text(message);
        return text.Length > MostCharacters ? text[..MostCharacters] : text;
    }
}
