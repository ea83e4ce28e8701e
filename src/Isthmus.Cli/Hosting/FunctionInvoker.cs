using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Isthmus.Cli.Hosting;

/// <summary>Makes a function's class by dependency injection, binds its parameters and awaits it, as the worker does.</summary>
internal sealed class FunctionInvoker(IServiceScopeFactory scopes, FunctionFaults faults)
{
    /// <summary>Runs <paramref name="function"/>; <paramref name="input"/> is what its trigger brings. Whatever the function throws comes out.</summary>
    public async Task<object?> InvokeAsync(
        FunctionDescriptor function, object input, RouteValueDictionary? routeValues, CancellationToken cancellationToken)
    {
        faults.ThrowIfBroken(function.Name);
        await using var scope = scopes.CreateAsyncScope();
        var instance = ActivatorUtilities.CreateInstance(scope.ServiceProvider, function.Type);
        try
        {
            var arguments = function.Method.GetParameters()
                .Select(parameter => Bind(function, parameter, input, routeValues, cancellationToken))
                .ToArray();
            return await ResultAsync(Call(function, instance, arguments));
        }
        finally
        {
            await DisposeAsync(instance);
        }
    }

    private static object? Bind(
        FunctionDescriptor function, ParameterInfo parameter, object input, RouteValueDictionary? routeValues, CancellationToken cancellationToken)
    {
        if (parameter.ParameterType == typeof(CancellationToken))
            return cancellationToken;
        if (parameter.ParameterType.IsInstanceOfType(input))
            return input;
        if (parameter.ParameterType == typeof(string) && routeValues is not null && parameter.Name is { } name)
            return routeValues.TryGetValue(name, out var value) ? value?.ToString() : null;
        throw new InvalidOperationException($"Function {function.Name}: parameter {parameter.Name} has a type that this host does not bind.");
    }

    private static object? Call(FunctionDescriptor function, object instance, object?[] arguments)
    {
        try
        {
            return function.Method.Invoke(instance, arguments);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            return null;
        }
    }

    private static async Task<object?> ResultAsync(object? returned)
    {
        switch (returned)
        {
            case Task<IResult> result:
                return await result;
            case Task task:
                await task;
                return null;
            default:
                return returned;
        }
    }

    private static async ValueTask DisposeAsync(object instance)
    {
        if (instance is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else if (instance is IDisposable disposable)
            disposable.Dispose();
    }
}
