using System.Text.Json.Nodes;
using Xunit;

namespace Isthmus.Tests;

/// <summary>Read-only data beside the checkout (<see cref="Repository.Shared"/>). Where it is absent the test reports that it did not run.</summary>
internal static class SharedFiles
{
    public static string Folder(string path)
    {
        var folder = Path.Combine(Repository.Shared ?? "", path);
        Assert.SkipUnless(Repository.Shared is not null && Directory.Exists(folder), $"{path} is not beside this checkout");
        return folder;
    }

    public static string Text(string path)
    {
        var file = Path.Combine(Repository.Shared ?? "", path);
        Assert.SkipUnless(Repository.Shared is not null && File.Exists(file), $"{path} is not beside this checkout");
        return File.ReadAllText(file);
    }

    public static JsonNode Json(string path) => JsonNode.Parse(Text(path)) ?? throw new InvalidDataException($"{path} is empty");
}
