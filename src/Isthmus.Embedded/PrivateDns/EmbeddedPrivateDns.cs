using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Tls;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.PrivateDns;

/// <summary>
/// The part of Azure Resource Manager that keeps private DNS zones, in this process: zones, links to virtual networks and record
/// sets with ETags, pages, long-running operations and throttling. Azure's own pipeline talks to it under the real address,
/// through <see cref="CreateHandler"/>.
/// </summary>
public sealed class EmbeddedPrivateDns : IAsyncDisposable
{
    private static readonly Uri Address = new("https://management.azure.com");

    private readonly PrivateDnsOptions _options;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _conditions = new();
    private LoopbackServer? _server;
    private int _throttled;
    private string _retryAfter = "1";

    private EmbeddedPrivateDns(PrivateDnsOptions options) => (_options, Store) = (options, new PrivateDnsStore());

    /// <summary>The only bearer token that it accepts.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What was asked so far, in its order: method, path and query.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Under which condition each write was asked for, in its order: method, path and the header.</summary>
    public IReadOnlyList<string> Conditions => [.. _conditions];

    /// <summary>Runs before a request is answered; for interleavings.</summary>
    public Func<string, string, Task>? Before { get; set; }

    internal PrivateDnsStore Store { get; }

    public static async Task<EmbeddedPrivateDns> StartAsync(PrivateDnsOptions options, CancellationToken cancellationToken)
    {
        var dns = new EmbeddedPrivateDns(options);
        var endpoint = new PrivateDnsEndpoint(dns.Store, options, Address);
        dns._server = await LoopbackServer.StartAsync(
            options.Authority.Issue(Address.Host), context => dns.AnswerAsync(context, endpoint), options.LoggerFactory, cancellationToken);
        return dns;
    }

    /// <summary>A handler that opens ARM's real address here.</summary>
    public SocketsHttpHandler CreateHandler() =>
        PinnedConnections.Redirect((_server ?? throw new InvalidOperationException("It is not started.")).Url, _options.Authority.Pem);

    /// <summary>Refuses the next requests with 429.</summary>
    public void Throttle(int requests, int retryAfterSeconds)
    {
        _retryAfter = retryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Volatile.Write(ref _throttled, requests);
    }

    /// <summary>Forgets what was asked so far.</summary>
    public void ForgetRequests() => _requests.Clear();

    /// <summary>Changes a resource past the interface, as another user of it would; its ETag becomes another one.</summary>
    /// <param name="path">Below the resource group's private zones, such as <c>shop.global/A/reviews</c>.</param>
    /// <param name="change">Gets the resource itself.</param>
    public void Change(string path, Action<JsonObject> change) => Store.Change(resources =>
    {
        change(resources[path]);
        resources[path]["etag"] = Store.NextETag();
        return path;
    });

    /// <summary>Every zone, link and record set as text, without ETags, to compare states by.</summary>
    public string Describe() => Store.Describe();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context, PrivateDnsEndpoint endpoint)
    {
        var request = context.Request;
        if (Before is { } before)
            await before(request.Method, request.Path.Value ?? "");
        _requests.Enqueue($"{request.Method} {request.Path}{request.QueryString}");
        if (request.Method != "GET")
            _conditions.Enqueue($"{request.Method} {request.Path} {(request.Headers.IfNoneMatch.Count > 0 ? $"If-None-Match: {request.Headers.IfNoneMatch}" : request.Headers.IfMatch.Count > 0 ? "If-Match" : "none")}");
        if (request.Headers.Authorization.ToString() != $"Bearer {Token}")
        {
            await PrivateDnsEndpoint.WriteAsync(context, ArmAnswer.Refusal(401, "InvalidAuthenticationToken", "The access token is invalid."));
            return;
        }

        if (Interlocked.Decrement(ref _throttled) >= 0)
        {
            context.Response.Headers.RetryAfter = _retryAfter;
            await PrivateDnsEndpoint.WriteAsync(context, ArmAnswer.Refusal(429, "TooManyRequests", "The request is being throttled."));
            return;
        }

        await endpoint.AnswerAsync(context);
    }
}
