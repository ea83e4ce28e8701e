namespace Isthmus.Embedded.Http;

/// <summary>
/// A path taken apart by Kubernetes' rules: <c>/api/v1/namespaces/NS/pods/NAME/status</c>. Where it names no resource,
/// <see cref="IsResource"/> is false and only <see cref="Segments"/> and <see cref="Verb"/> count.
/// </summary>
internal sealed record RequestPath(IReadOnlyList<string> Segments, string Verb)
{
    public bool IsResource { get; private init; }
    public string Group { get; private init; } = "";
    public string Version { get; private init; } = "";
    public string Namespace { get; private init; } = "";
    public string Resource { get; private init; } = "";
    public string Name { get; private init; } = "";
    public string Subresource { get; private init; } = "";

    /// <summary>Whether the deprecated <c>/watch/</c> prefix was used.</summary>
    public bool WatchPrefix { get; private init; }

    /// <summary>Segments beyond a subresource, which no resource here has.</summary>
    public bool TooLong { get; private init; }

    public static RequestPath Parse(string method, string path, Func<string, bool> flag)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var plain = new RequestPath(segments, method.ToLowerInvariant());
        var prefix = segments.Length > 0 ? segments[0] : "";
        var skip = prefix switch { "api" => 2, "apis" => 3, _ => int.MaxValue };
        if (segments.Length <= skip)
        {
            return plain;
        }
        var rest = segments.AsSpan(skip);
        var watchPrefix = rest.Length > 1 && rest[0] == "watch";
        rest = watchPrefix ? rest[1..] : rest;
        var ns = "";
        if (rest.Length > 1 && rest[0] == "namespaces")
        {
            ns = rest[1];
            // What follows a namespace is a resource in it, except the namespace's own subresources.
            rest = rest.Length > 2 && rest[2] is not ("status" or "finalize") ? rest[2..] : rest;
        }
        var name = rest.Length > 1 ? rest[1] : "";
        return plain with
        {
            IsResource = true,
            Group = prefix == "apis" ? segments[1] : "",
            Version = segments[skip - 1],
            Namespace = ns,
            Resource = rest[0],
            Name = name,
            Subresource = rest.Length > 2 ? rest[2] : "",
            WatchPrefix = watchPrefix,
            TooLong = rest.Length > 3,
            Verb = watchPrefix ? "watch" : VerbOf(method, name.Length > 0, flag),
        };
    }

    private static string VerbOf(string method, bool named, Func<string, bool> flag) => method switch
    {
        "GET" or "HEAD" when named => "get",
        "GET" or "HEAD" => flag("watch") ? "watch" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => named ? "delete" : "deletecollection",
        _ => method.ToLowerInvariant(),
    };
}
