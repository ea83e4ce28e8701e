using System.Text.Json.Nodes;
using Xunit;

namespace Isthmus.Core.Tests;

/// <summary>Read-only data beside the checkout: <c>../shared</c>, or the folder that ISTHMUS_SHARED names.</summary>
internal static class SharedFiles
{
    /// <summary>A JSON file; the test reports that it did not run where the data is absent.</summary>
    public static JsonNode Json(string path)
    {
        string file = Path.Combine(Folder(), path);
        Assert.SkipUnless(File.Exists(file), $"{path} is not beside this checkout");
        return JsonNode.Parse(File.ReadAllText(file)) ?? throw new InvalidDataException($"{path} is empty");
    }

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable("ISTHMUS_SHARED") is { Length: > 0 } named)
            return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
                return Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared"));
        }
        return "";
    }
}
