using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Go's package path; the functions of the operating system's paths are those of Linux, where Sprig runs.</summary>
internal static class Paths
{
    public static readonly Function[] All = [.. new[] { false, true }.SelectMany(os => new[]
    {
        Function.Create(Name("base", os), a => Base(a.String(0))),
        Function.Create(Name("dir", os), a => Directory(a.String(0))),
        Function.Create(Name("clean", os), a => Clean(a.String(0))),
        Function.Create(Name("ext", os), a => Extension(a.String(0))),
        Function.Create(Name("isAbs", os), a => GoValue.Box(a.String(0).StartsWith('/'))),
    })];

    /// <summary>path.Clean: the shortest path that means the same.</summary>
    public static string Clean(string path)
    {
        if (path.Length == 0) return ".";
        var rooted = path[0] == '/';
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != ".." || (!rooted && (parts.Count == 0 || parts[^1] == ".."))) parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
        }

        var result = (rooted ? "/" : "") + string.Join('/', parts);
        return result.Length == 0 ? "." : result;
    }

    private static string Name(string name, bool os) => (os ? "os" + char.ToUpperInvariant(name[0]) + name[1..] : name) + "(string)";

    private static string Base(string path)
    {
        if (path.Length == 0) return ".";
        path = path.TrimEnd('/');
        return path.Length == 0 ? "/" : path[(path.LastIndexOf('/') + 1)..];
    }

    private static string Directory(string path) => Clean(path[..(path.LastIndexOf('/') + 1)]);

    private static string Extension(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') ? path[dot..] : "";
    }
}
