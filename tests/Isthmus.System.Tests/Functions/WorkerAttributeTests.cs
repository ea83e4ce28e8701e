using System.Reflection;
using Isthmus.Functions;
using Xunit;

namespace Isthmus.System.Tests.Functions;

/// <summary>The offline stand-ins declare nothing that the real packages do not, so what compiles here compiles there.</summary>
public sealed class WorkerAttributeTests
{
    private const string Namespace = "Microsoft.Azure.Functions.Worker";

    private static readonly Assembly Functions = typeof(NotifyChange).Assembly;

    [Fact]
    public void What_stands_in_for_the_worker_is_part_of_what_the_worker_declares()
    {
        var facts = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Isthmus.System.Tests", "Functions", "worker-attributes.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith('#')).ToHashSet(StringComparer.Ordinal);
        var standIns = Functions.GetExportedTypes().Where(type => type.Namespace == Namespace).ToList();

        Assert.NotEmpty(standIns);
        Assert.DoesNotContain(standIns.SelectMany(Declared), line => !facts.Contains(line));
    }

    [Fact]
    public void Function_classes_use_no_type_of_the_worker_beside_those()
    {
        var used = Functions.GetExportedTypes().Where(type => type.Namespace == "Isthmus.Functions")
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .Select(type => type.IsGenericType ? type.GetGenericArguments()[0] : type)
            .Select(type => type.FullName)
            .Distinct()
            .Order(StringComparer.Ordinal);

        // Each of them is bound by the worker: the request and result by ASP.NET Core integration, the event as text, route values as text.
        Assert.Equal(
            [
                "Microsoft.AspNetCore.Http.HttpRequest", "Microsoft.AspNetCore.Http.IResult", $"{Namespace}.TimerInfo",
                "System.String", "System.Threading.CancellationToken", "System.Threading.Tasks.Task",
            ],
            used);
    }

    private static IEnumerable<string> Declared(Type type)
    {
        if (type.IsEnum)
        {
            yield return $"enum {type.FullName} {string.Join(' ', Enum.GetValues(type).Cast<object>().Select(value => $"{value}={(int)value}"))}";
            yield break;
        }

        var usage = type.GetCustomAttribute<AttributeUsageAttribute>(inherit: false);
        yield return usage is null ? $"type {type.FullName}" : $"type {type.FullName} {usage.ValidOn}";
        foreach (var constructor in type.GetConstructors())
            yield return $"ctor {type.FullName}({string.Join(", ", constructor.GetParameters().Select(Parameter))})";
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            yield return $"{(property.SetMethod is { IsPublic: true } ? "set" : "get")} {type.FullName} {property.PropertyType} {property.Name}";
    }

    private static string Parameter(ParameterInfo parameter) =>
        $"{(parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{parameter.ParameterType} {parameter.Name}";
}
