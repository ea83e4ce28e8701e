using System.Text.RegularExpressions;
using Xunit;

namespace Isthmus.System.Tests.Architecture;

/// <summary>What the sources promise that no compiler checks: folder = namespace, reasons for suppressions, no name of a build machine.</summary>
public sealed partial class SourceRuleTests
{
    [Fact]
    public void The_namespace_of_each_source_file_is_its_folder()
    {
        var wrong = from file in Sources()
                    let match = NamespaceLine().Match(File.ReadAllText(file))
                    where match.Success
                    let folder = Path.GetRelativePath(Path.Combine(Repository.Root, "src"), Path.GetDirectoryName(file) ?? "")
                        .Replace(Path.DirectorySeparatorChar, '.')
                    // Stand-ins carry the namespace of the package that they stand in for.
                    where !folder.StartsWith("Isthmus.Functions.Offline", StringComparison.Ordinal)
                    where match.Groups[1].Value != folder
                    select $"{Path.GetRelativePath(Repository.Root, file)}: {match.Groups[1].Value}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_warning_is_suppressed_without_a_reason()
    {
        var bare = from file in Sources().Concat(Repository.Files("tests", "*.cs"))
                   from line in File.ReadLines(file).Index()
                   where line.Item.Contains("#pragma warning " + "disable", StringComparison.Ordinal) && !line.Item.Contains("//", StringComparison.Ordinal)
                         || line.Item.Contains("Suppress" + "Message(", StringComparison.Ordinal) && !line.Item.Contains("Justification", StringComparison.Ordinal)
                   select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Index + 1}";
        Assert.Empty(bare);
    }

    [Fact]
    public void Nothing_is_left_to_do_in_the_sources()
    {
        var marks = from file in Sources()
                    from line in File.ReadLines(file).Index()
                    where UnfinishedMark().IsMatch(line.Item)
                    select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Index + 1}: {line.Item.Trim()}";
        Assert.Empty(marks);
    }

    private static IEnumerable<string> Sources() => Repository.Files("src", "*.cs");

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b|default!|null!|Thread\.Sleep")]
    private static partial Regex UnfinishedMark();
}
