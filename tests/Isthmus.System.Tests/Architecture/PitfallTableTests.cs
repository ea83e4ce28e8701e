using System.Text.RegularExpressions;
using Isthmus.Tests;
using Xunit;

namespace Isthmus.System.Tests.Architecture;

/// <summary>The table of pitfalls names tests that are there.</summary>
public sealed partial class PitfallTableTests
{
    [Fact]
    public void Every_pitfall_names_a_test_that_is_there()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "decisions", "0015-preflight.md"))
            .SkipWhile(line => !line.StartsWith("| pitfall", StringComparison.Ordinal)).Skip(2).Where(line => line.StartsWith('|')).ToList();
        var tests = Repository.Files("tests", "*Tests.cs").ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText, StringComparer.Ordinal);
        Assert.True(rows.Count >= 20, $"{rows.Count} rows");
        Assert.All(rows, row => Assert.Matches(Named(), row));
        Assert.Empty(rows.SelectMany(row => Named().Matches(row))
            .Where(test => tests.GetValueOrDefault(test.Groups[1].Value)?.Contains($" {test.Groups[2].Value}(", StringComparison.Ordinal) != true).Select(test => test.Value));
    }

    [GeneratedRegex("`([A-Za-z]+Tests)\\.([A-Za-z0-9_]+)`")]
    private static partial Regex Named();
}
