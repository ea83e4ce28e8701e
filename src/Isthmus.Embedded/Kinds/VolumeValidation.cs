using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

internal static class VolumeValidation
{
    public static IEnumerable<FieldError> All(JsonObject spec, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (volume, i) in spec.Objects("volumes").Select((volume, i) => (volume, i)))
        {
            var name = volume.Text("name");
            var field = $"{path}[{i}]";
            foreach (var error in Source(volume, field))
                yield return error;
            if (name.Length == 0)
                yield return FieldErrors.Required($"{field}.name");
            else
                foreach (var problem in NameRules.Label(name))
                    yield return FieldErrors.Invalid($"{field}.name", name, problem);
            if (name.Length > 0 && !names.Add(name))
                yield return FieldErrors.Duplicate($"{field}.name", name);
        }
    }

    private static IEnumerable<FieldError> Source(JsonObject volume, string path)
    {
        var sources = volume.Where(entry => entry.Key != "name").ToArray();
        if (sources.Length == 0)
            yield return FieldErrors.Required(path, "must specify a volume type");
        foreach (var ((kind, value), i) in sources.Select((entry, i) => (entry, i)))
        {
            if (i > 0)
            {
                yield return FieldErrors.Forbidden($"{path}.{kind}", "may not specify more than 1 volume type");
                continue;
            }

            foreach (var error in Fields(kind, value as JsonObject ?? [], $"{path}.{kind}"))
                yield return error;
        }
    }

    private static IEnumerable<FieldError> Fields(string kind, JsonObject source, string path)
    {
        string[] required = kind switch
        {
            "configMap" => ["name"],
            "secret" => ["secretName"],
            "hostPath" => ["path"],
            "persistentVolumeClaim" => ["claimName"],
            "nfs" => ["server", "path"],
            "csi" => ["driver"],
            "gitRepo" => ["repository"],
            "image" => ["reference"],
            _ => [],
        };
        foreach (var field in required)
            if (source.Text(field).Length == 0)
                yield return FieldErrors.Required($"{path}.{field}");
        if (kind == "hostPath" && source.Text("path").Split('/').Contains("..", StringComparer.Ordinal))
            yield return FieldErrors.Invalid($"{path}.path", source.Text("path"), "must not contain '..'");
        if (source.Number("defaultMode") is < 0 or > 511)
            yield return FieldErrors.Invalid($"{path}.defaultMode", source.Number("defaultMode"), "must be a number between 0 and 0777 (octal), both inclusive");
        foreach (var error in Items(source, path))
            yield return error;
        foreach (var (projection, i) in source.Objects("sources").Select((projection, i) => (projection, i)))
            foreach (var error in Projection(projection, $"{path}[{i}]"))
                yield return error;
    }

    private static IEnumerable<FieldError> Projection(JsonObject projection, string path)
    {
        foreach (var ((kind, value), i) in projection.Select((entry, i) => (entry, i)))
        {
            var source = value as JsonObject ?? [];
            if (i > 0)
                yield return FieldErrors.Forbidden($"{path}.{kind}", "may not specify more than 1 volume type");
            else if (kind is "configMap" or "secret" && source.Text("name").Length == 0)
                yield return FieldErrors.Required($"{path}.{kind}.name");
            else if (kind == "serviceAccountToken")
            {
                if (source.Number("expirationSeconds") is < 600)
                    yield return FieldErrors.Invalid($"{path}.{kind}.expirationSeconds", source.Number("expirationSeconds"), "may not specify a duration less than 10 minutes");
                if (source.Text("path").Length == 0)
                    yield return FieldErrors.Required($"{path}.{kind}.path");
            }
            else
                foreach (var error in Items(source, $"{path}.{kind}"))
                    yield return error;
        }
    }

    /// <summary>Keys to paths, or downward API files: each needs a path inside the volume.</summary>
    private static IEnumerable<FieldError> Items(JsonObject source, string path)
    {
        foreach (var (item, i) in source.Objects("items").Select((item, i) => (item, i)))
        {
            var field = $"{path}.items[{i}]";
            var isDownward = item.Has("fieldRef") || item.Has("resourceFieldRef");
            if (!isDownward && item.Text("key").Length == 0)
                yield return FieldErrors.Required($"{field}.key");
            if (item.Text("path").Length == 0)
                yield return FieldErrors.Required($"{field}.path");
            else if (item.Text("path")[0] == '/')
                yield return FieldErrors.Invalid($"{field}.path", item.Text("path"), "must be a relative path");
            else if (item.Text("path").Split('/').Contains("..", StringComparer.Ordinal))
                yield return FieldErrors.Invalid($"{field}.path", item.Text("path"), "must not contain '..'");
        }
    }
}
