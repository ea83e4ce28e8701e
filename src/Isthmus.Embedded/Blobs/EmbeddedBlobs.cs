using System.Collections.Concurrent;
using System.Security.Cryptography;
using Isthmus.Embedded.Tls;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.Blobs;

/// <summary>How an embedded blob storage runs; <see cref="Account"/> is the ACCOUNT of ACCOUNT.blob.core.windows.net.</summary>
public sealed record EmbeddedBlobsOptions
{
    public required string Account { get; init; }
    public required LoopbackAuthority Authority { get; init; }

    /// <summary>The only container that there is.</summary>
    public string Container { get; init; } = "mesh";

    public ILoggerFactory? LoggerFactory { get; init; }
}

/// <summary>
/// Azure's blob storage in this process, as far as one reads and replaces whole blobs: ETags, conditions, bearer tokens. Azure's own
/// client talks to it under the real address, through <see cref="CreateHandler"/>.
/// </summary>
public sealed class EmbeddedBlobs : IAsyncDisposable
{
    private readonly EmbeddedBlobsOptions _options;
    private readonly ConcurrentQueue<string> _requests = new();
    private LoopbackServer? _server;
    private int _status;

    private EmbeddedBlobs(EmbeddedBlobsOptions options) => _options = options;

    /// <summary>Where the server really listens.</summary>
    public Uri LoopbackUrl => (_server ?? throw new InvalidOperationException("It is not started.")).Url;

    /// <summary>The only bearer token that it accepts.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What was asked so far, in its order: method, blob and status of the answer.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Runs before a request is answered; for interleavings.</summary>
    public Func<string, string, Task>? Before { get; set; }

    internal BlobStore Store { get; } = new();

    public static async Task<EmbeddedBlobs> StartAsync(EmbeddedBlobsOptions options, CancellationToken cancellationToken)
    {
        var blobs = new EmbeddedBlobs(options);
        var endpoint = new BlobEndpoint(blobs.Store, options.Container);
        blobs._server = await LoopbackServer.StartAsync(
            options.Authority.Issue(blobs.Address("").Host), context => blobs.AnswerAsync(context, endpoint), options.LoggerFactory, cancellationToken);
        return blobs;
    }

    /// <summary>A blob's address as Azure has it.</summary>
    public Uri Address(string name) => new($"https://{_options.Account}.blob.core.windows.net/{_options.Container}/{name}");

    /// <summary>A handler that opens the account's real address here.</summary>
    public SocketsHttpHandler CreateHandler() => PinnedConnections.Redirect(LoopbackUrl, _options.Authority.Pem);

    /// <summary>What a blob holds; null where there is none.</summary>
    public string? Read(string name) => Store.Find(name)?.Text;

    /// <summary>Writes a blob past the interface, as another user of it would.</summary>
    public void Write(string name, string text) => Store.Put(name, text);

    /// <summary>From now on every request is refused with a status; 0: none is.</summary>
    public void Refuse(int status) => Volatile.Write(ref _status, status);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context, BlobEndpoint endpoint)
    {
        var request = context.Request;
        if (Before is { } before)
            await before(request.Method, request.Path.Value ?? "");
        if (Volatile.Read(ref _status) is var status && status != 0)
            await BlobEndpoint.RefuseAsync(context, status, status == 403 ? "AuthorizationPermissionMismatch" : "ServerBusy");
        else if (request.Headers.Authorization.ToString() != $"Bearer {Token}")
            await BlobEndpoint.RefuseAsync(context, 401, "InvalidAuthenticationInfo");
        else
            await endpoint.AnswerAsync(context);
        _requests.Enqueue($"{request.Method} {request.Path.Value?.Split('/')[^1]} {context.Response.StatusCode}");
    }
}
