using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Blobs;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HostStandIn;

/// <summary>
/// The Azure around the app, under its real names: a vault, blobs, a topic, Application Insights, and the managed identity that all of them
/// ask for. The worker runs as it is deployed; its settings alone lead it here, by the proxy and the roots that the platform's variables name.
/// </summary>
internal sealed class AzureStandIn : IAsyncDisposable
{
    private const string TopicHost = "isthmus-trial.westeurope-1.eventgrid.azure.net";
    private const string InsightsHost = "isthmus-trial.in.applicationinsights.azure.com";

    private readonly string _identityHeader = NewSecret();
    private readonly string _siteToken = NewSecret();
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly Dictionary<string, int> _ports = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<JsonObject> _published = new();
    private readonly ConcurrentQueue<JsonObject> _raised = new();
    private readonly ConcurrentQueue<string> _telemetry = new();
    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("Isthmus trial", TimeProvider.System);
    private EmbeddedVault? _vault;
    private EmbeddedBlobs? _blobs;
    private Uri? _identity;
    private Uri? _proxy;

    public EmbeddedVault Vault => _vault ?? throw new InvalidOperationException("It is not started.");

    public EmbeddedBlobs Blobs => _blobs ?? throw new InvalidOperationException("It is not started.");

    /// <summary>The events that the app has published so far.</summary>
    public IReadOnlyCollection<JsonObject> Published => _published;

    /// <summary>The events that the vault has raised so far.</summary>
    public IReadOnlyCollection<JsonObject> Raised => _raised;

    /// <summary>What the app sent to Application Insights.</summary>
    public IReadOnlyCollection<string> Telemetry => _telemetry;

    /// <summary>What must appear in no log and no telemetry.</summary>
    public IEnumerable<string> Secrets => [_identityHeader, _siteToken, Vault.Token, Blobs.Token];

    public static async Task<AzureStandIn> StartAsync()
    {
        var azure = new AzureStandIn();
        try
        {
            await azure.StartPartsAsync();
            return azure;
        }
        catch
        {
            await azure.DisposeAsync();
            throw;
        }
    }

    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>The app's settings as infra/ writes them, and what the platform adds.</summary>
    public Dictionary<string, string> Settings(string folder)
    {
        var roots = Path.Combine(folder, "roots.pem");
        File.WriteAllText(roots, _authority.Pem);
        var client = $"{Guid.NewGuid()}";
        return new Dictionary<string, string>
        {
            ["ISTHMUS_MESH_DOCUMENT"] = $"{Blobs.Address("mesh.yaml")}",
            // Nothing listens there, so that a cluster's own call of a webhook fails at once.
            ["ISTHMUS_PUBLIC_URL"] = "https://127.0.0.1:9/",
            ["ISTHMUS_TOPIC_ENDPOINT"] = $"https://{TopicHost}/api/events",
            ["ISTHMUS_VAULT"] = $"{Vault.Url}",
            ["AZURE_CLIENT_ID"] = client,
            ["AzureWebJobsStorage__accountName"] = "isthmustrial",
            ["AzureWebJobsStorage__clientId"] = client,
            ["AzureWebJobsStorage__credential"] = "managedidentity",
            ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = $"ClientId={client};Authorization=AAD",
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=https://{InsightsHost}/",
            // The exporter's statistics of itself would go out of this machine.
            ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",
            ["IDENTITY_ENDPOINT"] = $"{_identity}msi/token",
            ["IDENTITY_HEADER"] = _identityHeader,
            ["HTTPS_PROXY"] = $"{_proxy}",
            ["NO_PROXY"] = "127.0.0.1,localhost",
            ["SSL_CERT_FILE"] = roots,
            ["SSL_CERT_DIR"] = folder,
        };
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
        _authority.Dispose();
    }

    private async Task StartPartsAsync()
    {
        var vault = new EmbeddedVaultOptions { Name = "isthmus-trial", Authority = _authority, Raise = _raised.Enqueue };
        _vault = Keep(await EmbeddedVault.StartAsync(vault, CancellationToken.None));
        var blobs = new EmbeddedBlobsOptions { Account = "isthmustrial", Authority = _authority };
        _blobs = Keep(await EmbeddedBlobs.StartAsync(blobs, CancellationToken.None));
        var site = Keep(await LoopbackSite.StartAsync(HttpProtocols.Http1, _authority.Issue(TopicHost, InsightsHost), _ => { }, app => app.Run(TakeAsync)));
        _ports[Vault.Url.Host] = Vault.LoopbackUrl.Port;
        _ports[Blobs.Address("").Host] = Blobs.LoopbackUrl.Port;
        _ports[TopicHost] = _ports[InsightsHost] = site.Url.Port;
        _identity = Keep(await LoopbackSite.StartAsync(HttpProtocols.Http1, null, _ => { }, app => app.MapGet("/msi/token", AnswerToken))).Url;
        _proxy = Keep(ConnectProxy.Start(_ports)).Url;
    }

    /// <summary>App Service's endpoint of managed identities: a token for each service, and for none that is not here.</summary>
    private IResult AnswerToken(HttpRequest request)
    {
        var resource = $"{request.Query["resource"]}".TrimEnd('/');
        var token = resource switch
        {
            "https://vault.azure.net" => Vault.Token,
            "https://storage.azure.com" => Blobs.Token,
            "https://eventgrid.azure.net" or "https://monitor.azure.com" => _siteToken,
            _ => null,
        };
        if (token is null || request.Headers["X-IDENTITY-HEADER"] != _identityHeader)
            return Results.BadRequest();
        var expires = $"{DateTimeOffset.UtcNow.AddHours(8).ToUnixTimeSeconds()}";
        return Results.Json(new { access_token = token, expires_on = expires, resource, token_type = "Bearer", client_id = $"{request.Query["client_id"]}" });
    }

    /// <summary>The topic and Application Insights: both take what bears the identity's token.</summary>
    private async Task TakeAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != $"Bearer {_siteToken}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var text = await TextAsync(context.Request);
        if (context.Request.Host.Host == TopicHost)
        {
            foreach (var one in (JsonNode.Parse(text) as JsonArray ?? []).OfType<JsonObject>())
                _published.Enqueue(one);
            return;
        }

        _telemetry.Enqueue(text);
        var count = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        await context.Response.WriteAsJsonAsync(new { itemsReceived = count, itemsAccepted = count, errors = Array.Empty<string>() });
    }

    private static async Task<string> TextAsync(HttpRequest request)
    {
        await using var body = request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        using var reader = new StreamReader(body);
        return await reader.ReadToEndAsync();
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
