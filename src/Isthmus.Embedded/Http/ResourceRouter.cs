using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Auth;
using Isthmus.Embedded.Discovery;
using Isthmus.Embedded.Verbs;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Http;

/// <summary>The verbs of one cluster, put together.</summary>
internal sealed record ResourceVerbs(
    ReadVerbs Read, WatchVerb Watch, CreateVerb Create, UpdateVerb Update, PatchVerb Patch, DeleteVerb Delete, ScaleVerb Scale, SubresourceVerbs Subresources, Reviews Reviews);

/// <summary>
/// Leads a request for a resource to its verb, with the 404s and 405s of a real server: built-in kinds answer a Status,
/// what no CRD declares is a page that does not exist.
/// </summary>
internal sealed class ResourceRouter(KindRegistry kinds, DiscoveryDocuments discovery, ResourceVerbs verbs, AdmissionChain admission, TimeProvider time)
{
    public async Task HandleAsync(HttpContext http, RequestPath path, CallQuery query, RequestUser user, CancellationToken stopping)
    {
        var accept = http.Request.Headers.Accept.ToString();
        var resource = kinds.Find(path.Group, path.Version, path.Resource);
        if (resource is null)
        {
            await HandleUnlistedAsync(http, path, user, accept).ConfigureAwait(false);
            return;
        }
        if (resource.Custom && LeadsNowhere(path, resource))
        {
            await Responses.WritePageNotFoundAsync(http).ConfigureAwait(false);
            return;
        }
        CheckMethod(http.Request.Method, path, resource);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var call = new ApiCall(resource, Text(path.Namespace), Text(path.Name), Text(path.Subresource), user, query)
        {
            Client = http.Request.Headers.UserAgent.ToString().Split('/', 2)[0],
            Cancellation = cancellation.Token,
        };
        if (resource.Resource.GroupResource == NamespaceLifecycle.Namespaces)
        {
            call = call with { Namespace = null };
        }
        try
        {
            await RunAsync(http, path, call, OutputFormat.Negotiate(accept, transforms: true)).ConfigureAwait(false);
        }
        catch (ApiStatusException e) when (!http.Response.HasStarted)
        {
            await Responses.WriteErrorAsync(http, e, call.Warnings).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(HttpContext http, RequestPath path, ApiCall call, OutputFormat format)
    {
        if (path.Verb == "watch")
        {
            await WatchAsync(http, call, format).ConfigureAwait(false);
            return;
        }
        var body = http.Request.Method is "GET" ? new RequestBody([], "") : await RequestBodies.ReadAsync(http).ConfigureAwait(false);
        var (status, answer) = await AnswerAsync(path.Verb, call, body, format).ConfigureAwait(false);
        var shown = Presentation.Show(answer, call.Kind, format, call.Query.Text("includeObject"), time.GetUtcNow());
        await Responses.WriteAsync(http, status, shown, format, call.Warnings).ConfigureAwait(false);
    }

    private async Task<(int Status, JsonObject Answer)> AnswerAsync(string verb, ApiCall call, RequestBody body, OutputFormat format)
    {
        switch (verb, call.Subresource)
        {
            case (_, "scale"):
                return (200, await verbs.Scale.AnswerAsync(verb, call, body).ConfigureAwait(false));
            case ("create", "binding"):
                return (201, await verbs.Subresources.BindAsync(call, body).ConfigureAwait(false));
            case ("create", "token"):
                return (201, await verbs.Subresources.RequestTokenAsync(call, body).ConfigureAwait(false));
            case ("get", _):
                return (200, verbs.Read.Get(call));
            case ("list", _):
                return (200, verbs.Read.List(call, format.IsPartial));
            case ("create", _):
                return (201, await verbs.Create.CreateAsync(call, body).ConfigureAwait(false));
            case ("delete", _):
                return (200, await verbs.Delete.DeleteAsync(call, body).ConfigureAwait(false));
            case ("deletecollection", _):
                return (200, await verbs.Delete.DeleteCollectionAsync(call, body).ConfigureAwait(false));
            case ("update", _):
                var (replaced, made) = await verbs.Update.ReplaceAsync(call, body).ConfigureAwait(false);
                return (made ? 201 : 200, replaced);
            case ("patch", _):
                var (patched, created) = await verbs.Patch.PatchAsync(call, body).ConfigureAwait(false);
                return (created ? 201 : 200, patched);
            default:
                throw ApiErrors.MethodNotAllowed();
        }
    }

    private async Task WatchAsync(HttpContext http, ApiCall call, OutputFormat format)
    {
        var events = verbs.Watch.Start(call);
        http.Response.StatusCode = 200;
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(call.Cancellation).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(call.Cancellation).ConfigureAwait(false);
        var first = true;
        await foreach (var happened in events.WithCancellation(call.Cancellation).ConfigureAwait(false))
        {
            var shown = Presentation.ShowEvent(happened, call.Kind, format, call.Query.Text("includeObject"), time.GetUtcNow(), first);
            first = false;
            await Responses.WriteEventAsync(http, happened.Type, shown, call.Cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reviews are answered without being resources that the registry lists; the rest is not there.</summary>
    private async Task HandleUnlistedAsync(HttpContext http, RequestPath path, RequestUser user, string accept)
    {
        if (Reviews.Find(path.Group, path.Version, path.Resource) is { } review)
        {
            var format = OutputFormat.Negotiate(accept, transforms: false);
            if (http.Request.Method != "POST" || path.Name.Length > 0)
            {
                throw ApiErrors.MethodNotAllowed();
            }
            var body = await RequestBodies.ReadAsync(http).ConfigureAwait(false);
            var posted = body.ParseAny(review.Kind, out _) as JsonObject ?? throw ApiErrors.BadRequest("the object provided is no JSON object");
            await AnswerReviewAsync(http, path, review, posted, user, format).ConfigureAwait(false);
            return;
        }
        if (!discovery.IsBuiltInGroup(path.Group))
        {
            await Responses.WritePageNotFoundAsync(http).ConfigureAwait(false);
            return;
        }
        throw ApiErrors.NoSuchResource();
    }

    /// <summary>Reviews pass admission as creations do, though nothing is stored.</summary>
    private async Task AnswerReviewAsync(HttpContext http, RequestPath path, ResourceDefinition review, JsonObject posted, RequestUser user, OutputFormat format)
    {
        var warnings = new List<string>();
        posted["kind"] = review.Kind;
        posted["apiVersion"] = review.ApiVersion;
        posted.Metadata();
        if (posted["status"] is null)
        {
            posted["status"] = review.Kind.EndsWith("AccessReview", StringComparison.Ordinal) ? new JsonObject { ["allowed"] = false } : new JsonObject();
        }
        var options = new JsonObject { ["kind"] = CreateVerb.Options, ["apiVersion"] = "meta.k8s.io/v1" };
        var attributes = new AdmissionAttributes(review, null, "CREATE", Text(path.Namespace), null, posted, null, options, user, false);
        var admitted = await admission.MutateAsync(attributes, warnings, http.RequestAborted).ConfigureAwait(false) ?? posted;
        await admission.ValidateAsync(attributes with { Object = admitted }, warnings, http.RequestAborted).ConfigureAwait(false);
        await Responses.WriteAsync(http, 201, verbs.Reviews.Answer(review, admitted, user), format, warnings).ConfigureAwait(false);
    }

    /// <summary>Whether scope and path of a custom resource do not fit; lists and watches may span all namespaces.</summary>
    private static bool LeadsNowhere(RequestPath path, ServedKind kind) => kind.Resource.Namespaced
        ? path.Namespace.Length == 0 && path.Verb is not ("list" or "watch")
        : path.Namespace.Length > 0;

    private static void CheckMethod(string method, RequestPath path, ServedKind kind)
    {
        var resource = kind.Resource;
        if (kind.Custom)
        {
            CheckCustomMethod(method, path, resource);
            return;
        }
        var isNamespace = resource.GroupResource == NamespaceLifecycle.Namespaces;
        if (path.TooLong || (!resource.Namespaced && !isNamespace && path.Namespace.Length > 0))
        {
            throw ApiErrors.NoSuchResource();
        }
        var acrossNamespaces = resource.Namespaced && path.Namespace.Length == 0;
        if (acrossNamespaces && path.Name.Length > 0)
        {
            throw ApiErrors.NoSuchResource();
        }
        if (path.Subresource.Length > 0 && !resource.Subresources.Contains(path.Subresource, StringComparer.Ordinal))
        {
            throw ApiErrors.NoSuchResource();
        }
        var allowed = path switch
        {
            { WatchPrefix: true } => method == "GET",
            { Subresource: "binding" or "token" } => method == "POST",
            { Subresource: "finalize" } => method == "PUT",
            { Subresource.Length: > 0 } => method is "GET" or "PUT" or "PATCH",
            { Name.Length: > 0 } => method is "GET" or "PUT" or "PATCH" or "DELETE",
            _ when acrossNamespaces => method == "GET",
            _ when isNamespace => method is "GET" or "POST",
            _ => method is "GET" or "POST" or "DELETE",
        };
        if (!allowed)
        {
            throw ApiErrors.MethodNotAllowed();
        }
    }

    private static void CheckCustomMethod(string method, RequestPath path, ResourceDefinition resource)
    {
        if (path.Subresource.Length > 0 && !resource.Subresources.Contains(path.Subresource, StringComparer.Ordinal))
        {
            throw ApiErrors.NotFound(resource, path.Name);
        }
        if (path.Subresource.Length > 0 ? method is not ("GET" or "PUT" or "PATCH") : method is not ("GET" or "POST" or "PUT" or "PATCH" or "DELETE"))
        {
            throw method == "HEAD" ? ApiErrors.MethodNotAllowed() : ApiErrors.VerbNotSupported(resource, path.Verb);
        }
        if (path.Name.Length == 0 && method is ("PUT" or "PATCH"))
        {
            throw ApiErrors.BadRequest("name must be provided");
        }
    }

    private static string? Text(string text) => text.Length == 0 ? null : text;
}
