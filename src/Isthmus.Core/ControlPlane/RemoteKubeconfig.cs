using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.ControlPlane;

/// <summary>The kubeconfig in a remote secret, in the form that <c>istioctl create-remote-secret</c> gives it.</summary>
internal static class RemoteKubeconfig
{
    public static string Write(ClusterName cluster, ApiServerAddress address, string token)
    {
        var name = cluster.Value;
        var server = new JsonObject { ["server"] = address.Server.AbsoluteUri.TrimEnd('/') };
        if (address.CaPem is { } ca)
            server["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(ca));
        if (address.TlsServerName is { } tlsName)
            server["tls-server-name"] = tlsName;
        return Yaml.Write(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = name, ["cluster"] = server }),
            ["contexts"] = new JsonArray(new JsonObject { ["name"] = name, ["context"] = new JsonObject { ["cluster"] = name, ["user"] = name } }),
            ["current-context"] = name,
            ["preferences"] = new JsonObject(),
            ["users"] = new JsonArray(new JsonObject { ["name"] = name, ["user"] = new JsonObject { ["token"] = token } }),
        });
    }

    /// <summary>The token of the kubeconfig in a Secret; null where there is none that can be read.</summary>
    public static string? Token(JsonObject secret, ClusterName cluster)
    {
        var encoded = ObjectMetadata.TextOf((secret["data"] as JsonObject)?[cluster.Value]);
        var bytes = new byte[encoded?.Length ?? 0];
        if (encoded is null || !Convert.TryFromBase64String(encoded, bytes, out var length))
            return null;
        try
        {
            var users = (Yaml.Read(Encoding.UTF8.GetString(bytes, 0, length)) as JsonObject)?["users"] as JsonArray;
            var token = ObjectMetadata.TextOf(((users?.FirstOrDefault() as JsonObject)?["user"] as JsonObject)?["token"]);
            return string.IsNullOrEmpty(token) ? null : token;
        }
        catch (YamlFormatException)
        {
            return null;
        }
    }
}
