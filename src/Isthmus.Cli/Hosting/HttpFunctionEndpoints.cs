using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Hosting;

/// <summary>HTTP functions as routes below host.json's prefix.</summary>
internal sealed class HttpFunctionEndpoints(FunctionInvoker invoker, FunctionKeys keys, ILogger<HttpFunctionEndpoints> logger)
{
    public void Map(IEndpointRouteBuilder routes, string prefix, IEnumerable<FunctionDescriptor> functions)
    {
        foreach (var function in functions)
        {
            if (function.Trigger is FunctionTrigger.Http http)
            {
                var pattern = prefix.Length == 0 ? $"/{http.Route}" : $"/{prefix}/{http.Route}";
                RequestDelegate run = context => RunAsync(function, http, context);
                var mapped = http.Methods.Count == 0
                    ? routes.Map(pattern, run)
                    : routes.MapMethods(pattern, http.Methods.Select(method => method.ToUpperInvariant()), run);
                mapped.WithDisplayName(function.Name);
            }
        }
    }

    private async Task RunAsync(FunctionDescriptor function, FunctionTrigger.Http http, HttpContext context)
    {
        if (!keys.Admits(http.Level, context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            var result = await invoker.InvokeAsync(function, context.Request, context.Request.RouteValues, context.RequestAborted);
            if (result is IResult answer)
                await answer.ExecuteAsync(context);
            else
                context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            logger.LogDebug("{Function}: the caller went away.", function.Name);
        }
        // The trigger's one catch-all: a function's fault is a 500 without details, never a broken connection.
        catch (Exception e) when (!context.Response.HasStarted)
        {
            logger.LogError(e, "{Function} failed.", function.Name);
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }
}
