using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Cli.Hosting;

/// <summary>The functions of an assembly, read off their attributes as the worker's generated metadata would list them.</summary>
internal static class FunctionCatalogue
{
    public static IReadOnlyList<FunctionDescriptor> Discover(Assembly assembly)
    {
        var functions = assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Attribute: method.GetCustomAttribute<FunctionAttribute>()))
            .Where(found => found.Attribute is not null)
            .Select(found => Describe(found.Attribute?.Name ?? "", found.Method))
            .OrderBy(function => function.Name, StringComparer.Ordinal)
            .ToList();
        var twice = functions.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? functions : throw new InvalidOperationException($"Two functions are named {twice.Key}.");
    }

    private static FunctionDescriptor Describe(string name, MethodInfo method)
    {
        var type = method.DeclaringType ?? throw new InvalidOperationException($"Function {name} belongs to no class.");
        var triggers = method.GetParameters().Select(parameter => TriggerOf(name, parameter)).OfType<FunctionTrigger>().ToList();
        return triggers.Count == 1
            ? new FunctionDescriptor(name, type, method, triggers[0])
            : throw new InvalidOperationException($"Function {name} needs exactly one trigger and has {triggers.Count}.");
    }

    private static FunctionTrigger? TriggerOf(string name, ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } http)
            return new FunctionTrigger.Http(http.AuthLevel, http.Methods, http.Route ?? name);
        if (parameter.GetCustomAttribute<TimerTriggerAttribute>() is { } timer)
            return new FunctionTrigger.Timer(timer.Schedule, timer.RunOnStartup);
        return parameter.GetCustomAttribute<EventGridTriggerAttribute>() is null ? null : new FunctionTrigger.EventGrid();
    }
}
