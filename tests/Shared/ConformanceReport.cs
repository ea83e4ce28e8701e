namespace Isthmus.Tests;

/// <summary>
/// How many golden cases ran and passed. Runners keep what passing tests print to themselves, so each count also stands in a file below
/// <c>artifacts/conformance</c>, which <c>.ci/run</c> shows.
/// </summary>
internal static class ConformanceReport
{
    public static void Write(string name, string text)
    {
        Console.WriteLine(text);
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "conformance"));
        File.WriteAllText(Path.Combine(folder.FullName, $"{name}.txt"), text + Environment.NewLine);
    }
}
