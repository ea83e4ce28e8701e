using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Tls;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.Arm;

/// <summary>How an embedded Azure Resource Manager runs.</summary>
public sealed record EmbeddedArmOptions
{
    public required LoopbackAuthority Authority { get; init; }

    /// <summary>Rows of one page of a Resource Graph answer at most, whatever <c>$top</c> says.</summary>
    public int PageSize { get; init; } = 1000;

    public ILoggerFactory? LoggerFactory { get; init; }
}

/// <summary>
/// The part of Azure Resource Manager that knows AKS clusters, in this process: the resources, their user credentials and Resource Graph,
/// with pages, quota and throttling. Azure's own pipeline talks to it under the real address, through <see cref="CreateHandler"/>.
/// </summary>
public sealed class EmbeddedArm : IAsyncDisposable
{
    private static readonly Uri Address = new("https://management.azure.com");

    private readonly EmbeddedArmOptions _options;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentDictionary<string, (int Status, string Code)> _refusals = new(StringComparer.OrdinalIgnoreCase);
    private LoopbackServer? _server;
    private int _throttled;
    private int? _retryAfter;

    private EmbeddedArm(EmbeddedArmOptions options) => _options = options;

    /// <summary>The only bearer token that it accepts.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What was asked so far, in its order: method, path and query.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Runs before a request is answered; for interleavings.</summary>
    public Func<string, string, Task>? Before { get; set; }

    /// <summary>Whether Resource Graph answers with nothing, as it does to who lost the right to read.</summary>
    public bool IsGraphBlind { get; set; }

    /// <summary>Queries that are left of Resource Graph's quota; null: it says nothing of it.</summary>
    public int? Quota { get; set; }

    /// <summary>The bodies of Resource Graph's requests.</summary>
    public ConcurrentQueue<JsonObject> Queries { get; } = new();

    internal AksStore Store { get; } = new();

    public static async Task<EmbeddedArm> StartAsync(EmbeddedArmOptions options, CancellationToken cancellationToken)
    {
        var arm = new EmbeddedArm(options);
        arm._server = await LoopbackServer.StartAsync(options.Authority.Issue(Address.Host), arm.AnswerAsync, options.LoggerFactory, cancellationToken);
        return arm;
    }

    /// <summary>A handler that opens ARM's real address here.</summary>
    public SocketsHttpHandler CreateHandler() =>
        PinnedConnections.Redirect((_server ?? throw new InvalidOperationException("It is not started.")).Url, _options.Authority.Pem);

    /// <summary>Adds or replaces a cluster.</summary>
    /// <param name="resource">As ARM answers it, with its id.</param>
    /// <param name="kubeconfig">What listClusterUserCredential gives.</param>
    public void Put(JsonObject resource, string kubeconfig) => Store.Put(resource, kubeconfig);

    /// <summary>Changes a cluster past the interface.</summary>
    public void Change(string id, Action<JsonObject> change) => Store.Change(id, change);

    public void Remove(string id) => Store.Remove(id);

    /// <summary>Answers requests for a cluster with a failure; status 0: no more.</summary>
    public void Refuse(string id, int status, string code)
    {
        if (status == 0)
            _refusals.TryRemove(id, out _);
        else
            _refusals[id] = (status, code);
    }

    /// <summary>Refuses the next requests with 429, with or without saying for how long.</summary>
    public void Throttle(int requests, int? retryAfterSeconds)
    {
        _retryAfter = retryAfterSeconds;
        Volatile.Write(ref _throttled, requests);
    }

    public void ForgetRequests() => _requests.Clear();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        if (Before is { } before)
            await before(request.Method, path);
        _requests.Enqueue($"{request.Method} {request.Path}{request.QueryString}");
        if (request.Headers.Authorization.ToString() != $"Bearer {Token}")
            await RefuseAsync(context, 401, "InvalidAuthenticationToken");
        else if (Interlocked.Decrement(ref _throttled) >= 0)
            await ThrottleAsync(context);
        else if (_refusals.FirstOrDefault(refusal => path.StartsWith(refusal.Key, StringComparison.OrdinalIgnoreCase)) is { Value.Status: > 0 } refusal)
            await RefuseAsync(context, refusal.Value.Status, refusal.Value.Code);
        else if (path.Equals(ResourceGraphEndpoint.Path, StringComparison.OrdinalIgnoreCase))
            await new ResourceGraphEndpoint(this, _options.PageSize).AnswerAsync(context);
        else
            await new AksEndpoint(Store).AnswerAsync(context);
    }

    private Task ThrottleAsync(HttpContext context)
    {
        if (_retryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(context, 429, "TooManyRequests");
    }

    internal static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = $"The request was refused: {code}." } }, context.RequestAborted);
    }
}
