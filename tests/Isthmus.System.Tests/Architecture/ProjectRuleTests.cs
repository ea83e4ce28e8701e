using System.Net.Http;
using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Xunit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Isthmus.System.Tests.Architecture;

/// <summary>The rules by which each project earns its place (CONTRIBUTING.md).</summary>
public sealed class ProjectRuleTests
{
    private static readonly global::System.Reflection.Assembly GoTemplate = Assembly("GoTemplate");
    private static readonly global::System.Reflection.Assembly Core = Assembly("Isthmus.Core");
    private static readonly global::System.Reflection.Assembly Runtime = Assembly("Isthmus.Runtime");
    private static readonly global::System.Reflection.Assembly Functions = Assembly("Isthmus.Functions");
    private static readonly global::System.Reflection.Assembly Embedded = Assembly("Isthmus.Embedded");
    private static readonly global::System.Reflection.Assembly Cli = Assembly("isthmus");

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Code = new(() =>
        new ArchLoader().LoadAssemblies(GoTemplate, Core, Runtime, Functions, Embedded, Cli, typeof(HttpClient).Assembly).Build());

    [Fact]
    public void GoTemplate_knows_nothing_of_Isthmus() =>
        Assert.DoesNotContain(GoTemplate.GetReferencedAssemblies(), reference => reference.Name is { } name && IsOurs(name));

    [Fact]
    public void The_core_knows_no_other_project_but_GoTemplate() =>
        Assert.Equal(["GoTemplate"], Core.GetReferencedAssemblies().Select(reference => reference.Name).Where(name => name is not null && IsOurs(name)));

    [Fact]
    public void The_core_does_no_network_io() =>
        Types().That().ResideInAssembly(Core).Should().NotDependOnAny(Types().That().ResideInAssembly(typeof(HttpClient).Assembly))
            .Check(Code.Value);

    [Fact]
    public void What_is_deployed_reaches_neither_the_embedded_cluster_nor_the_command_line()
    {
        var deployed = new[] { GoTemplate, Core, Runtime, Functions };
        foreach (var project in deployed)
        {
            Assert.DoesNotContain(project.GetReferencedAssemblies(), reference => reference.Name is "Isthmus.Embedded" or "isthmus");
        }
    }

    [Fact]
    public void The_embedded_cluster_does_not_know_the_functions_that_it_tests() =>
        Assert.DoesNotContain(Embedded.GetReferencedAssemblies(), reference => reference.Name is "Isthmus.Functions" or "Isthmus.Runtime" or "isthmus");

    [Fact]
    public void Only_the_runtime_talks_to_Kubernetes_and_Azure_clients()
    {
        foreach (var project in new[] { GoTemplate, Core, Embedded })
        {
            Assert.DoesNotContain(project.GetReferencedAssemblies(), reference => reference.Name is { } name
                && (name.StartsWith("KubernetesClient", StringComparison.Ordinal) || name.StartsWith("Azure.", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Planners_are_static_and_give_no_task()
    {
        var planners = Core.GetTypes().Where(type => type.Name.EndsWith("Planner", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(planners);
        Assert.All(planners, type => Assert.True(type.IsAbstract && type.IsSealed, $"{type.FullName} is not static"));
        var tasks = planners.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
            .Where(method => typeof(Task).IsAssignableFrom(method.ReturnType));
        Assert.Empty(tasks);
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        string[] empty = ["Helper", "Helpers", "Manager", "Util", "Utils", "Common", "Context", "Data", "Info", "Processor"];
        var bad = new[] { GoTemplate, Core, Runtime, Functions, Embedded, Cli }
            .SelectMany(project => project.GetTypes())
            .Where(type => IsOurs(type.Namespace ?? "") && !type.Name.Contains('<', StringComparison.Ordinal))
            .Where(type => empty.Any(word => type.Name == word || type.Name.EndsWith(word, StringComparison.Ordinal)))
            .Select(type => type.FullName);
        Assert.Empty(bad);
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("Isthmus", StringComparison.Ordinal) || name.StartsWith("GoTemplate", StringComparison.Ordinal) || name == "isthmus";

    private static global::System.Reflection.Assembly Assembly(string name) => global::System.Reflection.Assembly.Load(name);
}
