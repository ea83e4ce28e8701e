using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Messaging.EventGrid;
using Isthmus.Cli.Hosting;
using Isthmus.Core.Webhooks;
using Isthmus.Embedded.Tls;
using Isthmus.Functions;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Isthmus.System.Tests.Functions;

namespace Isthmus.System.Tests.Relay;

/// <summary>The functions at an address that stays when they are started again.</summary>
internal sealed class RelayedFunctions : IAsyncDisposable
{
    public const string Name = "functions.test";

    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("functions", TimeProvider.System);
    private readonly LoopbackAuthority _stranger = LoopbackAuthority.Create("stranger", TimeProvider.System);
    private readonly RecordingTopic _topic = new();
    private string _document = "";
    private FunctionHost? _host;
    private LoopbackServer? _silent;

    public int Port { get; set; } = RelayedCluster.FreePort();

    /// <summary>What the functions verify tokens with.</summary>
    public byte[] Key { get; set; } = [.. Enumerable.Repeat((byte)1, 32)];

    /// <summary>What the relay is told to sign with, and where it finds the functions.</summary>
    public WebhookSettings Webhooks => new() { BaseUrl = new Uri($"https://{Name}:{Port}/"), CaBundle = _authority.Pem, Keys = [RelayKey] };

    public byte[] RelayKey { get; set; } = [.. Enumerable.Repeat((byte)1, 32)];

    /// <summary>Events that were told.</summary>
    public IReadOnlyList<string> Told => _topic.Bodies;

    public void Serve(string document) => _document = document;

    public async Task StartAsync(bool isStranger = false, string name = Name)
    {
        var parts = new IsthmusParts
        {
            Documents = new FileMeshDocumentSource(_document),
            Vaults = new VaultClients(DelegatedTokenCredential.Create((_, _) => new AccessToken("", DateTimeOffset.MaxValue))),
            Topic = new EventGridPublisherClient(
                new Uri("https://topic.test/api/events"), new AzureKeyCredential("key"),
                new EventGridPublisherClientOptions { Transport = new HttpClientTransport(_topic), Retry = { MaxRetries = 0 } }),
            Webhooks = _ => new WebhookSettings { BaseUrl = Webhooks.BaseUrl, Keys = [Key] },
        };
        _host = await FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Certificate = (isStranger ? _stranger : _authority).Issue(name),
                Functions = typeof(NotifyChange).Assembly,
                Services = services => services.AddIsthmus(parts),
                Port = Port,
                LoggerFactory = TestOutputLog.CreateFactory(),
            },
            RelayedCluster.Cancel);
    }

    /// <summary>At another port something that takes calls and never answers.</summary>
    public async Task StartSilentAsync()
    {
        _silent = await LoopbackServer.StartAsync(_authority.Issue(Name), call => Task.Delay(Timeout.Infinite, call.RequestAborted), null, RelayedCluster.Cancel);
        Port = _silent.Url.Port;
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _host, null) is { } host)
            await host.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_silent is { } silent)
            await silent.DisposeAsync();
        _authority.Dispose();
        _stranger.Dispose();
        _topic.Dispose();
    }
}
