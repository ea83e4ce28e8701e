namespace Isthmus.Core.Tests.Injection;

/// <summary>The read-only folder beside the checkout; ISTHMUS_SHARED names another place.</summary>
internal static class SharedFolder
{
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ISTHMUS_SHARED") is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                var shared = Path.Combine(folder.Parent?.FullName ?? "/", "shared");
                return Directory.Exists(shared) ? shared : null;
            }
        return null;
    }

    public static string? Injection => Find() is { } shared ? Path.Combine(shared, "istio", "injection") : null;
}
