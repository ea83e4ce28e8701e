using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.Kubernetes;

/// <summary>
/// A kubeconfig that came over a network. It holds all that it needs in itself: one that names a program, a plugin or a file is refused,
/// since whoever can write it would run that program or read that file here.
/// </summary>
public sealed record InlineKubeconfig
{
    private static readonly string[] Programs = ["exec", "auth-provider"];
    private static readonly string[] UserFiles = ["client-certificate", "client-key", "tokenFile"];

    public required Uri Server { get; init; }

    /// <summary>The CA of the server's certificate; null: the system's own roots.</summary>
    public required string? CaPem { get; init; }

    public string? TlsServerName { get; init; }

    public string? Token { get; init; }

    /// <summary>The client's certificate and key in PEM; null where it shows none.</summary>
    public (string Certificate, string Key)? ClientPem { get; init; }

    /// <summary>A kubeconfig with its user's credentials. Null with the reason where it cannot be used.</summary>
    public static InlineKubeconfig? Read(string text, out string? fault)
    {
        if (Parse(text, out fault) is not { } root || Current(root, "contexts", ObjectMetadata.TextOf(root["current-context"]), "context", out fault) is not { } context
            || Cluster(root, ObjectMetadata.TextOf(context["cluster"]), out fault) is not { } server
            || Current(root, "users", ObjectMetadata.TextOf(context["user"]), "user", out fault) is not { } user)
            return null;
        fault = UserFault(user);
        if (fault is not null)
            return null;
        var (certificate, key) = (Pem(user, "client-certificate-data"), Pem(user, "client-key-data"));
        var read = server with
        {
            Token = ObjectMetadata.TextOf(user["token"]),
            ClientPem = certificate is not null && key is not null ? (certificate, key) : null,
        };
        if (string.IsNullOrEmpty(read.Token) && read.ClientPem is null)
            fault = "its user has neither a token nor a client certificate with its key (client-certificate-data, client-key-data)";
        return fault is null ? read : null;
    }

    /// <summary>Where the server is and how it is recognised, and nothing of users. Null with the reason where that cannot be told.</summary>
    public static InlineKubeconfig? ReadServer(string text, out string? fault)
    {
        if (Parse(text, out fault) is not { } root)
            return null;
        var context = Current(root, "contexts", ObjectMetadata.TextOf(root["current-context"]), "context", out fault);
        return context is null ? null : Cluster(root, ObjectMetadata.TextOf(context["cluster"]), out fault);
    }

    private static JsonObject? Parse(string text, out string? fault)
    {
        try
        {
            fault = null;
            if (Yaml.Read(text) is JsonObject root)
                return root;
            fault = "it is no kubeconfig: a map of fields";
        }
        catch (YamlFormatException broken)
        {
            // Where, and not what: the text holds credentials.
            fault = $"it is not readable as YAML (line {broken.Line})";
        }

        return null;
    }

    /// <summary>The body of the entry of a name, or of the only one where none is named.</summary>
    private static JsonObject? Current(JsonObject root, string list, string? name, string body, out string? fault)
    {
        var entries = (root[list] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var found = string.IsNullOrEmpty(name) && entries.Count == 1 ? entries[0] : entries.Find(entry => ObjectMetadata.TextOf(entry["name"]) == name);
        fault = found?[body] is JsonObject ? null : $"its {list} have no entry '{name}'";
        return found?[body] as JsonObject;
    }

    private static InlineKubeconfig? Cluster(JsonObject root, string? name, out string? fault)
    {
        if (Current(root, "clusters", name, "cluster", out fault) is not { } cluster)
            return null;
        if (cluster["certificate-authority"] is not null)
            fault = "certificate-authority names a file: put its content into certificate-authority-data, in base64";
        else if (cluster["insecure-skip-tls-verify"] is JsonValue skip && skip.TryGetValue<bool>(out var skips) && skips)
            fault = "insecure-skip-tls-verify would send credentials to a server that nobody verifies: give certificate-authority-data";
        else if (cluster["proxy-url"] is not null)
            fault = "proxy-url is not supported";
        else if (cluster["certificate-authority-data"] is not null && Pem(cluster, "certificate-authority-data") is null)
            fault = "certificate-authority-data is no certificate: PEM in base64";
        if (fault is not null)
            return null;
        if (!Uri.TryCreate(ObjectMetadata.TextOf(cluster["server"]), UriKind.Absolute, out var server) || server.Scheme != Uri.UriSchemeHttps)
        {
            fault = "the server's address is not https";
            return null;
        }

        return new InlineKubeconfig { Server = server, CaPem = Pem(cluster, "certificate-authority-data"), TlsServerName = ObjectMetadata.TextOf(cluster["tls-server-name"]) };
    }

    private static string? UserFault(JsonObject user)
    {
        if (Array.Find(Programs, field => user[field] is not null) is { } program)
            return $"{program} would run a program here: use a token or a client certificate";
        if (Array.Find(UserFiles, field => user[field] is not null) is { } file)
            return $"{file} names a file: put its content into the kubeconfig ({(file == "tokenFile" ? "token" : file + "-data, in base64")})";
        return user["as"] is null && user["username"] is null ? null : "impersonation (as) and passwords (username) are not supported: use a token or a client certificate";
    }

    private static string? Pem(JsonObject fields, string name)
    {
        var text = ObjectMetadata.TextOf(fields[name]) ?? "";
        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, buffer, out var length))
            return null;
        var pem = Encoding.UTF8.GetString(buffer, 0, length);
        return PemEncoding.TryFind(pem, out _) ? pem : null;
    }
}
