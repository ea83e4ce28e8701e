using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Auth;
using Isthmus.Embedded.Discovery;
using Isthmus.Embedded.Verbs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.Http;

/// <summary>Every request of a cluster: authenticate, authorise, then resources, discovery or health.</summary>
internal sealed partial class ApiServer(
    Authenticator authenticator, RbacAuthorizer authorizer, ResourceRouter router, DiscoveryDocuments discovery, OpenApiDocuments openApi,
    ILogger<ApiServer> log, CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await AnswerAsync(http).ConfigureAwait(false);
        }
        catch (ApiStatusException e) when (!http.Response.HasStarted)
        {
            await Responses.WriteErrorAsync(http, e, []).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            // The client hung up or the cluster stops: there is nobody to answer.
            http.Abort();
        }
        catch (Exception e) when (e is not OperationCanceledException and not IOException)
        {
            // The one catch-all of the server: a bug is answered as an API server answers a panic, and the server goes on.
            LogFailure(log, e, http.Request.Method, http.Request.Path);
            if (!http.Response.HasStarted)
            {
                await Responses.WriteErrorAsync(http, new ApiStatusException(500, "InternalError", $"Internal error occurred: {e.Message}", []), []).ConfigureAwait(false);
            }
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var query = new CallQuery(http.Request.Query.ToDictionary(
            p => p.Key, p => (IReadOnlyList<string>)[.. p.Value.Select(v => v ?? "")], StringComparer.Ordinal));
        var path = RequestPath.Parse(http.Request.Method, http.Request.Path.Value ?? "/", query.Flag);
        var user = Impersonation.Apply(authenticator.Authenticate(http.Request.Headers.Authorization), http.Request.Headers, authorizer);
        authorizer.Require(user, Access(path, query, http.Request.Path.Value ?? "/"));
        if (path.IsResource)
        {
            await router.HandleAsync(http, path, query, user, stopping).ConfigureAwait(false);
            return;
        }
        await AnswerPathAsync(http, path.Segments).ConfigureAwait(false);
    }

    private static AccessRequest Access(RequestPath path, CallQuery query, string raw)
    {
        if (!path.IsResource)
        {
            return new AccessRequest(path.Verb, Path: raw);
        }
        var name = path.Name;
        if (name.Length == 0 && path.Verb is ("list" or "watch"))
        {
            // A list of one name asks for that name, so that resourceNames can allow it.
            name = query.Text("fieldSelector").Split(',').Where(t => t.StartsWith("metadata.name=", StringComparison.Ordinal))
                .Select(t => t["metadata.name=".Length..].TrimStart('=')).FirstOrDefault("");
        }
        return new AccessRequest(path.Verb, path.Group, path.Resource, path.Subresource, path.Namespace, name);
    }

    private async Task AnswerPathAsync(HttpContext http, IReadOnlyList<string> segments)
    {
        if (segments is ["healthz" or "readyz" or "livez", ..])
        {
            await Responses.WriteTextAsync(http, 200, "ok").ConfigureAwait(false);
            return;
        }
        var openApiText = segments is ["openapi", ..];
        var answer = segments switch
        {
            [] => discovery.Paths(),
            ["version"] => DiscoveryDocuments.Version(),
            ["api"] => DiscoveryDocuments.CoreVersions(http.Request.Host.Value ?? ""),
            ["api", var version] => discovery.Resources("", version) ?? throw ApiErrors.NoSuchResource(),
            ["apis"] => discovery.GroupList(),
            ["apis", var group] => discovery.Group(group),
            ["apis", var group, var version] => discovery.Resources(group, version) ?? (discovery.IsBuiltInGroup(group) ? throw ApiErrors.NoSuchResource() : null),
            ["openapi", "v2"] => openApi.Swagger(),
            ["openapi", "v3"] => openApi.Index(),
            ["openapi", "v3", ..] => openApi.Document(string.Join('/', segments.Skip(2))),
            _ => null,
        };
        if (answer is null)
        {
            await Responses.WritePageNotFoundAsync(http).ConfigureAwait(false);
            return;
        }
        if (http.Request.Method != "GET")
        {
            throw ApiErrors.MethodNotAllowed();
        }
        await WriteDocumentAsync(http, answer, openApiText).ConfigureAwait(false);
    }

    private static Task WriteDocumentAsync(HttpContext http, JsonObject answer, bool openApiText)
    {
        if (!openApiText)
        {
            return Responses.WriteAsync(http, 200, answer, OutputFormat.Negotiate(http.Request.Headers.Accept, transforms: false), []);
        }
        // kubectl asks for OpenAPI as JSON by name; without that, API servers send it untyped.
        return http.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.Ordinal) && http.Request.Path.Value?.Length > "/openapi/v3".Length
            ? Responses.WriteAsync(http, 200, answer, new OutputFormat(false, "", ""), [])
            : Responses.WriteTextAsync(http, 200, answer.ToJsonString());
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogFailure(ILogger log, Exception exception, string method, string path);
}
