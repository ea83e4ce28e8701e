namespace Isthmus.Benchmarks.Injection;

/// <summary>The settings and the review that istiod 1.14 was measured on: files config, values, mesh and review.json.</summary>
internal static class BenchFiles
{
    /// <summary>The folder: ISTHMUS_BENCH, else istio/injection/bench of the shared data beside the checkout.</summary>
    public static string Folder { get; } = Find();

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("ISTHMUS_BENCH") is { Length: > 0 } set) return set;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "istio", "injection", "bench");
            if (Directory.Exists(candidate)) return candidate;
        }

        throw new DirectoryNotFoundException("No benchmark data: set ISTHMUS_BENCH to a folder with config, values, mesh and review.json.");
    }
}
