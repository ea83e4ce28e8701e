using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Messaging.EventGrid;
using Isthmus.Cli.Hosting;
using Isthmus.Core.Events;
using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Embedded.Tls;
using Isthmus.Functions;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Isthmus.System.Tests.Functions;

/// <summary>The real functions in a function host, with a mesh document of the test's choice and a topic that records or refuses.</summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private static readonly byte[] Key = new byte[32];

    private readonly FunctionHost _host;
    private readonly LoopbackAuthority _authority;
    private readonly string _folder;
    private int _disposed;

    private FunctionsHost(FunctionHost host, LoopbackAuthority authority, RecordingTopic topic, string folder)
    {
        (_host, _authority, _folder, Topic) = (host, authority, folder, topic);
        Client = new HttpClient(PinnedConnections.TrustOnly(authority.Pem)) { BaseAddress = host.Url };
    }

    public HttpClient Client { get; }

    public RecordingTopic Topic { get; }

    public FunctionKeys Keys => _host.Keys;

    /// <summary>Breaks a function on purpose.</summary>
    public FunctionFaults Faults { get; private init; } = new();

    /// <summary>What a webhook of this host is registered with.</summary>
    public WebhookSettings Webhooks => new() { BaseUrl = _host.Url, CaBundle = _authority.Pem, Keys = [Key] };

    /// <summary>Where a subscription delivers the events of a function.</summary>
    public Uri EventEndpoint(string function) => _host.EventEndpoint(function);

    public IServiceProvider Services => _host.Services;

    /// <param name="mesh">The mesh document.</param>
    /// <param name="vault">Stands in for Key Vault; none: there is no way to it.</param>
    /// <param name="logs">Takes the host's log.</param>
    /// <param name="time">The functions' clock.</param>
    /// <param name="blob">The blob whose events are the document's; none: any.</param>
    public static async Task<FunctionsHost> StartAsync(
        string mesh, HttpMessageHandler? vault = null, ILoggerFactory? logs = null, TimeProvider? time = null, Uri? blob = null)
    {
        var folder = Directory.CreateTempSubdirectory("isthmus-test-").FullName;
        var file = Path.Combine(folder, "mesh.yaml");
        await File.WriteAllTextAsync(file, mesh, TestContext.Current.CancellationToken);
        var authority = LoopbackAuthority.Create("test", TimeProvider.System);
        var topic = new RecordingTopic();
        var faults = new FunctionFaults();
        var parts = new IsthmusParts
        {
            Documents = new FileMeshDocumentSource(file),
            Blob = blob is null ? null : new DocumentBlob(blob),
            Vaults = new VaultClients(
                DelegatedTokenCredential.Create((_, _) => new AccessToken("", DateTimeOffset.MaxValue)), vault is null ? null : new HttpClientTransport(vault)),
            Topic = new EventGridPublisherClient(
                new Uri("https://topic.test/api/events"), new AzureKeyCredential("key"),
                new EventGridPublisherClientOptions { Transport = new HttpClientTransport(topic), Retry = { MaxRetries = 0 } }),
            Webhooks = _ => new WebhookSettings { BaseUrl = new Uri("https://localhost/"), Keys = [Key] },
            Time = time ?? TimeProvider.System,
        };
        var host = await FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Certificate = authority.Issue(),
                Functions = typeof(NotifyChange).Assembly,
                Services = services => services.AddIsthmus(parts),
                Faults = faults,
                LoggerFactory = logs ?? TestOutputLog.CreateFactory(),
                Time = time ?? TimeProvider.System,
            },
            TestContext.Current.CancellationToken);
        return new FunctionsHost(host, authority, topic, folder) { Faults = faults };
    }

    public static string Token(string cluster, WebhookPurpose purpose) => WebhookToken.Compute(Key, new ClusterName(cluster), purpose);

    /// <summary>Ends the host; a test may do so before its end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        Client.Dispose();
        await _host.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A topic as an HTTP handler: keeps what was sent, and refuses when told to.</summary>
internal sealed class RecordingTopic : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly List<string> _bodies = [];

    public bool Down { get; set; }

    /// <summary>Set where the topic takes requests and never answers; released by each request.</summary>
    public SemaphoreSlim? Hangs { get; set; }

    public IReadOnlyList<string> Bodies
    {
        get
        {
            lock (_lock)
                return [.. _bodies];
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Down)
            throw new HttpRequestException("the topic is down");
        if (Hangs is { } asked)
        {
            asked.Release();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (_lock)
            _bodies.Add(body);
        return new HttpResponseMessage(global::System.Net.HttpStatusCode.OK);
    }
}
