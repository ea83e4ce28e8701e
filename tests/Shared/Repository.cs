namespace Isthmus.Tests;

/// <summary>The checkout that the tests run from.</summary>
internal static class Repository
{
    /// <summary>The folder of Functions.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The shared golden data beside the checkout, or null where a user does not have it.</summary>
    public static string? Shared
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("ISTHMUS_SHARED") is { Length: > 0 } set
                ? set
                : Path.Combine(Path.GetDirectoryName(Root) ?? Root, "shared");
            return Directory.Exists(folder) ? folder : null;
        }
    }

    /// <summary>Files below a folder of the checkout, without what a build made.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Functions.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
