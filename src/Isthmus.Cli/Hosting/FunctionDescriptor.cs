using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Cli.Hosting;

/// <summary>One function as its attributes declare it.</summary>
internal sealed record FunctionDescriptor(string Name, Type Type, MethodInfo Method, FunctionTrigger Trigger);

/// <summary>What runs a function: a closed set.</summary>
internal abstract record FunctionTrigger
{
    private FunctionTrigger()
    {
    }

    /// <summary>An HTTP request; the route is below host.json's route prefix.</summary>
    internal sealed record Http(AuthorizationLevel Level, IReadOnlyList<string> Methods, string Route) : FunctionTrigger;

    /// <summary>A schedule, in UTC.</summary>
    internal sealed record Timer(string Schedule, bool RunOnStartup) : FunctionTrigger;

    /// <summary>An event of a subscription that names the function.</summary>
    internal sealed record EventGrid : FunctionTrigger;
}
