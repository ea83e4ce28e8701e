using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Cli.Hosting;
using Isthmus.Cli.Local;
using Isthmus.Core.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.EventGrid;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Demo;

/// <summary>Everything that the demo runs: two clusters, a vault, an event grid and the functions. Its files go when it does.</summary>
internal sealed class DemoEnvironment : IAsyncDisposable
{
    public const string CertificateName = "mesh-intermediate";

    // A retry comes after 0.2 s, 0.6 s, 1.2 s, … instead of 10 s, 30 s, 1 min, …: nobody watches a demo for a day.
    private const double RetryScale = 0.02;

    // Addresses out of the range that documentation may use; no packet is sent to them.
    private static readonly (string Name, string Network, string Gateway)[] Members =
        [("east", "vnet-east", "203.0.113.10"), ("west", "vnet-west", "203.0.113.20")];

    private readonly Stack<Func<ValueTask>> _cleanUp = new();

    private DemoEnvironment(string folder) => Folder = folder;

    public required LoopbackAuthority Authority { get; init; }

    public required MeshCertificateAuthority MeshAuthority { get; set; }

    public string Folder { get; }

    public string MeshDocument => Path.Combine(Folder, "mesh.yaml");

    /// <summary>The file with the key of the pages and functions: a secret is not printed.</summary>
    public string FunctionsKey => Path.Combine(Folder, "functions.key");

    public IReadOnlyList<DemoCluster> Clusters { get; private set; } = [];

    public EmbeddedEventGrid Events => Started(_events);

    public EmbeddedVault Vault => Started(_vault);

    public FunctionHost Functions => Started(_functions);

    private EmbeddedEventGrid? _events;
    private EmbeddedVault? _vault;
    private FunctionHost? _functions;

    public static async Task<DemoEnvironment> StartAsync(FunctionFaults faults, ILoggerFactory? loggers, CancellationToken cancellationToken)
    {
        var environment = new DemoEnvironment(Directory.CreateTempSubdirectory("isthmus-demo-").FullName)
        {
            Authority = LoopbackAuthority.Create("Isthmus demo", TimeProvider.System),
            MeshAuthority = MeshCertificateAuthority.Create("Isthmus demo mesh", TimeProvider.System),
        };
        environment.OnEnd(() => Directory.Delete(environment.Folder, recursive: true));
        environment.OnEnd(environment.Authority.Dispose);
        environment.OnEnd(() => environment.MeshAuthority.Dispose());
        try
        {
            await environment.StartAllAsync(faults, loggers, cancellationToken);
            return environment;
        }
        catch
        {
            await environment.DisposeAsync();
            throw;
        }
    }

    public DemoCluster Cluster(string name) => Clusters.First(cluster => cluster.Name.Value == name);

    /// <summary>Stores a new intermediate CA in the vault, which tells of it.</summary>
    public void IssueIntermediate() => Vault.SetCertificate(CertificateName, MeshAuthority.IssueIntermediatePem());

    /// <summary>From now on the vault's newest CA is under another root.</summary>
    public void ReplaceRoot()
    {
        MeshAuthority.Dispose();
        MeshAuthority = MeshCertificateAuthority.Create("Isthmus demo mesh 2", TimeProvider.System);
        IssueIntermediate();
    }

    public async ValueTask DisposeAsync()
    {
        // The last started ends first: the functions before what they call.
        while (_cleanUp.TryPop(out var end))
            await end();
    }

    private async Task StartAllAsync(FunctionFaults faults, ILoggerFactory? loggers, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(MeshDocument, DemoAssets.MeshDocument(), cancellationToken);
        var documents = new FileMeshDocumentSource(MeshDocument);
        var connections = new ClusterConnections(documents, new ClusterApiOptions(), TimeProvider.System);
        OnEnd(connections.Dispose);
        Clusters = await Task.WhenAll(Members.Select(member => StartClusterAsync(member.Name, member.Network, member.Gateway, connections, loggers, cancellationToken)));
        _events = await EmbeddedEventGrid.StartAsync(
            new EmbeddedEventGridOptions
            {
                Authority = Authority,
                ReceiverAuthorityPem = Authority.Pem,
                Retry = new RetrySchedule { Scale = RetryScale },
                LoggerFactory = loggers,
            },
            cancellationToken);
        OnEnd(_events.DisposeAsync);
        _vault = await EmbeddedVault.StartAsync(
            new EmbeddedVaultOptions { Name = "isthmus-demo", Authority = Authority, Raise = RaiseEvent, LoggerFactory = loggers }, cancellationToken);
        OnEnd(_vault.DisposeAsync);
        _vault.SetSecret(KeyVaultWebhookKeys.DefaultSecret, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        _functions = await StartFunctionsAsync(documents, faults, loggers, cancellationToken);
        OnEnd(_functions.DisposeAsync);
        await PrivateFile.WriteAsync(FunctionsKey, _functions.Keys.Function, cancellationToken);
    }

    private async Task<DemoCluster> StartClusterAsync(
        string name, string network, string gateway, ClusterConnections connections, ILoggerFactory? loggers, CancellationToken cancellationToken)
    {
        var server = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Name = name, LoggerFactory = loggers }, cancellationToken);
        OnEnd(server.DisposeAsync);
        var kubeconfig = Path.Combine(Folder, $"{name}.kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, server.Kubeconfig(), cancellationToken);
        var clusterName = new ClusterName(name);
        var cluster = new DemoCluster(clusterName, network, server, await connections.GetAsync(clusterName, cancellationToken), kubeconfig);
        await cluster.FillAsync(gateway, cancellationToken);
        return cluster;
    }

    private async Task<FunctionHost> StartFunctionsAsync(
        FileMeshDocumentSource documents, FunctionFaults faults, ILoggerFactory? loggers, CancellationToken cancellationToken)
    {
        var token = DelegatedTokenCredential.Create((_, _) => new AccessToken(Vault.Token, DateTimeOffset.MaxValue));
        var transport = new HttpClientTransport(Vault.CreateHandler());
        OnEnd(transport.Dispose);
        var vaults = new VaultClients(token, transport);
        return await LocalFunctions.StartAsync(
            new LocalFunctionsOptions
            {
                Authority = Authority,
                Documents = documents,
                Vaults = vaults,
                Events = Events,
                WebhookKeys = await new KeyVaultWebhookKeys(vaults).ReadAsync(Vault.Url, KeyVaultWebhookKeys.DefaultSecret, cancellationToken),
                Faults = faults,
                LoggerFactory = loggers,
            },
            cancellationToken);
    }

    private void RaiseEvent(JsonObject raised) => Events.Publish([raised]);

    private void OnEnd(Func<ValueTask> end)
    {
        lock (_cleanUp)
            _cleanUp.Push(end);
    }

    private void OnEnd(Action end) => OnEnd(() =>
    {
        end();
        return ValueTask.CompletedTask;
    });

    private static T Started<T>(T? part)
        where T : class => part ?? throw new InvalidOperationException($"{typeof(T).Name} is not started.");
}
