using Xunit;

namespace GoTemplate.Tests;

/// <summary>Read-only test data beside the checkout; where they are absent the test says that it did not run.</summary>
internal static class SharedData
{
    public static string Folder()
    {
        if (Environment.GetEnvironmentVariable("ISTHMUS_SHARED") is { Length: > 0 } named && Directory.Exists(named)) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "..", "shared");
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")) && Directory.Exists(beside)) return beside;
        }

        Assert.Skip("../shared is not there: its test data were not read");
        return "";
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder(), path));
}
