using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;
using Xunit;

namespace Isthmus.System.Tests.Architecture;

/// <summary>The functions project holds triggers only: one class each, at most 20 lines a method.</summary>
public sealed class FunctionRuleTests
{
    private const int MaximumLines = 20;
    private static readonly Assembly Functions = Assembly.Load("Isthmus.Functions");

    [Fact]
    public void Each_function_has_a_class_of_its_own_with_its_name()
    {
        var functions = FunctionMethods().ToList();
        Assert.NotEmpty(functions);
        Assert.All(functions, method => Assert.Equal(NameOf(method), method.DeclaringType?.Name));
        Assert.Equal(functions.Count, functions.Select(method => method.DeclaringType).Distinct().Count());
    }

    [Fact]
    public void No_method_of_a_function_class_is_longer_than_20_lines()
    {
        var classes = FunctionMethods().Select(method => method.DeclaringType).Distinct().ToHashSet();
        var lengths = Lengths().Where(entry => classes.Contains(entry.Owner)).ToList();
        Assert.NotEmpty(lengths);
        Assert.Empty(lengths.Where(entry => entry.Lines > MaximumLines).Select(entry => $"{entry.Owner}.{entry.Method}: {entry.Lines} lines"));
    }

    private static IEnumerable<MethodInfo> FunctionMethods() =>
        Functions.GetTypes().SelectMany(type => type.GetMethods()).Where(method => NameOf(method) is not null);

    private static string? NameOf(MethodInfo method) =>
        method.GetCustomAttributesData().FirstOrDefault(attribute => attribute.AttributeType.Name == "FunctionAttribute")
            ?.ConstructorArguments[0].Value as string;

    /// <summary>Lines from the first to the last statement of each method, as the debugger sees them.</summary>
    private static IEnumerable<(Type? Owner, string Method, int Lines)> Lengths()
    {
        using var stream = File.OpenRead(Path.ChangeExtension(Functions.Location, ".pdb"));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(stream);
        var reader = provider.GetMetadataReader();
        foreach (var handle in reader.MethodDebugInformation)
        {
            var points = reader.GetMethodDebugInformation(handle).GetSequencePoints().Where(point => !point.IsHidden).ToList();
            if (points.Count == 0)
            {
                continue;
            }

            var method = Functions.ManifestModule.ResolveMethod(MetadataTokens.GetToken(handle.ToDefinitionHandle()));
            yield return (Owner(method?.DeclaringType), method?.Name ?? "", points.Max(point => point.EndLine) - points.Min(point => point.StartLine) + 1);
        }
    }

    /// <summary>A state machine's or closure's code belongs to the class that it was written in.</summary>
    private static Type? Owner(Type? type)
    {
        while (type?.DeclaringType is not null && type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null)
        {
            type = type.DeclaringType;
        }

        return type;
    }
}
