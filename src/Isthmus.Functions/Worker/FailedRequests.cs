using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Isthmus.Functions.Worker;

/// <summary>
/// Answers 500 without details for an HTTP function that throws. Left to itself the worker answers 200 with an empty body, and only what
/// it tells the Functions host besides, which may come later, says that the function failed.
/// </summary>
internal sealed class FailedRequests : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.GetHttpContext() is { Response.HasStarted: false } request)
        {
            request.Response.Clear();
            request.Response.StatusCode = StatusCodes.Status500InternalServerError;
            throw;
        }
    }
}
