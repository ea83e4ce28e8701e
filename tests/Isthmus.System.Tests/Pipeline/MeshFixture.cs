using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Cli.Hosting;
using Isthmus.Cli.Local;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Embedded.EventGrid;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Clusters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Pipeline;

/// <summary>The whole pipeline on two clusters: vault, event grid and functions, with a namespace of the test's own.</summary>
internal sealed class MeshFixture : IAsyncDisposable
{
    private const int LooksBetweenResyncs = 200;

    private readonly LoopbackAuthority _authority;
    private readonly EmbeddedVault _vault;
    private FakeTimeProvider? _eventTime;

    private MeshFixture(ClusterFixture clusters, LoopbackAuthority authority, EmbeddedEventGrid events, EmbeddedVault vault, FunctionHost host, string ns)
    {
        (Clusters, _authority, Events, _vault, Host, Namespace) = (clusters, authority, events, vault, host, ns);
        Client = new HttpClient(PinnedConnections.TrustOnly(authority.Pem)) { BaseAddress = host.Url };
        Client.DefaultRequestHeaders.Add("x-functions-key", host.Keys.Function);
    }

    public ClusterFixture Clusters { get; }

    public EmbeddedEventGrid Events { get; }

    public FunctionHost Host { get; }

    /// <summary>The namespace that may export; another one in each test, since a real cluster may never finish deleting it.</summary>
    public string Namespace { get; }

    public HttpClient Client { get; }

    public FunctionFaults Faults { get; private init; } = new();

    public string MeshDocument => Path.Combine(Clusters.Folder, "mesh.yaml");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="faults">What the event grid does wrong.</param>
    /// <param name="eventTime">The event grid's clock, where the test moves it.</param>
    public static async Task<MeshFixture> StartAsync(DeliveryFaults? faults = null, FakeTimeProvider? eventTime = null)
    {
        var clusters = await ClusterFixture.StartAsync();
        var ns = $"t{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var file = Path.Combine(clusters.Folder, "mesh.yaml");
        await File.WriteAllTextAsync(file, Document(clusters, ns), Cancellation);
        var authority = LoopbackAuthority.Create("test", TimeProvider.System);
        var events = await EmbeddedEventGrid.StartAsync(
            new EmbeddedEventGridOptions
            {
                Authority = authority,
                ReceiverAuthorityPem = authority.Pem,
                Retry = new RetrySchedule { Scale = 0.02 },
                Faults = faults,
                Time = eventTime ?? TimeProvider.System,
            },
            Cancellation);
        var vault = await EmbeddedVault.StartAsync(new EmbeddedVaultOptions { Name = "test-mesh", Authority = authority, Raise = raised => events.Publish([raised]) }, Cancellation);
        using var mesh = MeshCertificateAuthority.Create("Test", TimeProvider.System);
        vault.SetCertificate("mesh-intermediate", mesh.IssueIntermediatePem());
        var functionFaults = new FunctionFaults();
        var host = await LocalFunctions.StartAsync(
            new LocalFunctionsOptions
            {
                Authority = authority,
                Documents = new FileMeshDocumentSource(file),
                Vaults = new VaultClients(
                    DelegatedTokenCredential.Create((_, _) => new AccessToken(vault.Token, DateTimeOffset.MaxValue)), new HttpClientTransport(vault.CreateHandler())),
                Events = events,
                WebhookKeys = [RandomNumberGenerator.GetBytes(32)],
                LoggerFactory = TestOutputLog.CreateFactory(),
                Faults = functionFaults,
            },
            Cancellation);
        var fixture = new MeshFixture(clusters, authority, events, vault, host, ns) { Faults = functionFaults, _eventTime = eventTime };
        await fixture.FillAsync();
        return fixture;
    }

    /// <summary>Lets both clusters join, and waits until no event is under way.</summary>
    public async Task JoinAsync()
    {
        await LocalFunctions.AnnounceClustersAsync(Host.Services, Cancellation);
        await SettleAsync();
    }

    /// <summary>Waits until every event is taken or given up; a clock of the test's own goes on whenever nothing else happens.</summary>
    public async Task SettleAsync()
    {
        while (_eventTime is { } time && Events.Pending > 0)
        {
            await Events.QuietAsync(Cancellation);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await Events.IdleAsync(Cancellation);
    }

    /// <summary>
    /// Looks until it holds; the test's own deadline ends it otherwise. Now and then everything is reconciled, as the timer does:
    /// on a machine out of breath a change webhook takes more than its second, and its event is lost by design.
    /// </summary>
    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var looks = 1; !await holds(); looks++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), Cancellation);
            if (looks % LooksBetweenResyncs == 0)
                await Host.Services.GetRequiredService<ResyncReconciler>().RunAsync(Cancellation);
        }
    }

    public Task ExportAsync(TestCluster cluster, bool export) => ExportAsync(cluster, "reviews", export);

    public async Task ExportAsync(TestCluster cluster, string name, bool export)
    {
        var done = false;
        while (!done)
        {
            var service = await cluster.Api.GetAsync(ResourceKind.Service, Namespace, name, Cancellation) ?? throw new InvalidOperationException("no Service");
            service["metadata"]?.AsObject()["labels"] = new JsonObject { ["isthmus.dev/export"] = export ? "true" : "false" };
            try
            {
                await cluster.Api.ReplaceAsync(ResourceKind.Service, service, Cancellation);
                done = true;
            }
            catch (ClusterApiException conflict) when (conflict.IsConflict)
            {
                TestContext.Current.SendDiagnosticMessage("the Service was written in between; again");
            }
        }
    }

    public Task<JsonObject?> EntryAsync(TestCluster cluster) =>
        cluster.Api.GetAsync(ResourceKind.ServiceEntry, "isthmus-system", $"reviews.{Namespace}.global", Cancellation);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await _vault.DisposeAsync();
        await Events.DisposeAsync();
        await Clusters.DisposeAsync();
        _authority.Dispose();
    }

    private static string Document(ClusterFixture clusters, string ns) => $$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test}
        spec:
          trust: {vault: "https://test-mesh.vault.azure.net/", certificate: mesh-intermediate, adopt: true}
          mayExport: [{{ns}}]
          dns: none
          clusters:
          - name: east
            network: vnet-east
            access: {kubeconfig: "{{clusters.East.Kubeconfig}}"}
            gateway: {addresses: [203.0.113.10]}
          - name: west
            network: vnet-west
            access: {kubeconfig: "{{clusters.West.Kubeconfig}}"}
            gateway: {addresses: [203.0.113.20]}
        """;

    private async Task FillAsync()
    {
        foreach (var cluster in Clusters.Clusters)
        {
            await ClusterFixture.EnsureAsync(cluster, ResourceKind.Namespace, Object("v1", "Namespace", null, "istio-system"));
            await ClusterFixture.EnsureAsync(cluster, ResourceKind.Namespace, Object("v1", "Namespace", null, Namespace));
            var service = Object("v1", "Service", Namespace, "reviews");
            service["spec"] = Yaml.Read("{selector: {app: reviews}, ports: [{name: http, port: 9080}]}");
            await ClusterFixture.EnsureAsync(cluster, ResourceKind.Service, service);
        }
    }

    private static JsonObject Object(string apiVersion, string kind, string? ns, string name)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null)
            metadata["namespace"] = ns;
        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }
}
