using System.Text.RegularExpressions;
using Isthmus.Tests;
using Xunit;

namespace Isthmus.System.Tests.Infra;

/// <summary>The Bicep files compile without a word, are formatted, and predict the resources that were checked in.</summary>
public sealed partial class BicepFilesTests
{
    private static readonly string[] Deployed = ["main", "events"];

    [Fact]
    public async Task Build_and_lint_say_nothing()
    {
        foreach (var name in Deployed)
        {
            var (exitCode, output) = await BicepCli.RunAsync(BicepCli.Folder, "build", $"{name}.bicep", "--outfile", Path.Combine(Scratch(), $"{name}.json"));
            Assert.Equal((0, ""), (exitCode, output));
        }

        Assert.Equal((0, ""), await BicepCli.RunAsync(BicepCli.Folder, "lint", "--pattern", "./*.bicep"));
    }

    [Fact]
    public async Task A_mismatched_type_is_found()
    {
        var folder = Scratch();
        File.Copy(Path.Combine(BicepCli.Folder, "bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "wrong.bicep"),
            "resource id 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {\n  name: 'one'\n  location: 3\n}\n",
            TestContext.Current.CancellationToken);
        Assert.Contains("BCP036", (await BicepCli.RunAsync(folder, "lint", "wrong.bicep")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Format_changes_nothing()
    {
        var copy = Scratch();
        var files = Repository.Files("infra", "*.bicep").Concat(Repository.Files("infra", "*.bicepparam")).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            var target = Path.Combine(copy, Path.GetRelativePath(BicepCli.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? copy);
            File.Copy(file, target);
        }

        var (exitCode, output) = await BicepCli.RunAsync(copy, "format", "--pattern", "./**/*.bicep*", "--newline-kind", "LF", "--insert-final-newline");
        Assert.Equal((0, ""), (exitCode, output));
        Assert.All(files, file => Assert.Equal(File.ReadAllText(Path.Combine(copy, Path.GetRelativePath(BicepCli.Folder, file))), File.ReadAllText(file)));
    }

    [Theory]
    [InlineData("main")]
    [InlineData("events")]
    public async Task The_predicted_resources_are_those_that_were_checked_in(string name)
    {
        var mode = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1" ? "overwrite" : "validate";
        var (exitCode, output) = await BicepCli.RunAsync(BicepCli.Folder, BicepCli.Snapshot(name, mode));
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void Every_module_is_deployed()
    {
        var used = Repository.Files("infra", "*.bicep").SelectMany(file => Reference().Matches(File.ReadAllText(file)).Select(match => Path.GetFileName(match.Groups[1].Value)));
        Assert.Empty(Repository.Files("infra/modules", "*.bicep").Select(Path.GetFileName).Except(used));
    }

    [Fact]
    public void Each_rule_of_the_linter_that_is_listed_is_an_error()
    {
        var levels = LevelOfRule().Matches(File.ReadAllText(Path.Combine(BicepCli.Folder, "bicepconfig.json"))).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(levels);
        Assert.All(levels, level => Assert.Equal("error", level));
    }

    private static string Scratch() => Directory.CreateTempSubdirectory("isthmus-bicep-").FullName;

    [GeneratedRegex(@"^(?:module|import)\b.*'([^']+\.bicep)'", RegexOptions.Multiline)]
    private static partial Regex Reference();

    [GeneratedRegex("\"level\": \"(\\w+)\"")]
    private static partial Regex LevelOfRule();
}
