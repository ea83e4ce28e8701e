using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Core.Events;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Embedded.Arm;
using Isthmus.Embedded.Blobs;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.Istio;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Isthmus.Runtime.Aks;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Isthmus.Runtime.Storage;
using Isthmus.System.Tests.Gateways;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Aks;

/// <summary>Embedded clusters that an embedded Azure Resource Manager knows as AKS clusters, and a mesh document in an embedded blob.</summary>
internal sealed class AksMesh : IAsyncDisposable
{
    public const string Subscription = "11111111-2222-3333-4444-555555555555";
    public static readonly ServiceName Reviews = new("shop", "reviews");

    private const string Objects = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: istio-system}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: istio-eastwestgateway, namespace: istio-system}
        spec: {type: LoadBalancer, selector: {istio: eastwestgateway}, ports: [{name: tls, port: 15443}]}
        """;

    private static readonly ResourceKind Definition = new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("test", TimeProvider.System);
    private readonly Dictionary<string, EmbeddedCluster> _clusters = [];
    private readonly List<ServiceProvider> _services = [];
    private EmbeddedArm? _arm;
    private EmbeddedBlobs? _blobs;
    private EmbeddedVault? _vault;
    private int _tokens;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public EmbeddedArm Arm => _arm ?? throw new InvalidOperationException("It is not started.");

    public EmbeddedBlobs Blobs => _blobs ?? throw new InvalidOperationException("It is not started.");

    public EmbeddedVault Vault => _vault ?? throw new InvalidOperationException("It is not started.");

    public RecordedEvents Events { get; } = new();

    /// <summary>How often Entra was asked for a token of AKS.</summary>
    public int TokensGiven => Volatile.Read(ref _tokens);

    /// <summary>What ARM's token is, where a test wants another one.</summary>
    public string? ArmToken { get; set; }

    public EmbeddedCluster Cluster(string name) => _clusters[name];

    public static async Task<AksMesh> StartAsync(params string[] names)
    {
        var mesh = new AksMesh();
        mesh._arm = await EmbeddedArm.StartAsync(new EmbeddedArmOptions { Authority = mesh._authority, PageSize = 1 }, Cancel);
        mesh._blobs = await EmbeddedBlobs.StartAsync(new EmbeddedBlobsOptions { Account = "prodmesh", Authority = mesh._authority }, Cancel);
        mesh._vault = await EmbeddedVault.StartAsync(new EmbeddedVaultOptions { Name = "prod-mesh", Authority = mesh._authority }, Cancel);
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            var cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions { Name = name, Tokens = Enumerable.Range(1, 100).ToDictionary(Token, _ => new ClusterUser("isthmus", "7", ["system:masters"])) }, Cancel);
            mesh._clusters[name] = cluster;
            await FillAsync(cluster, $"20.0.0.{index + 1}");
            mesh.Arm.Put(Resource(name), UserKubeconfig(cluster));
        }

        return mesh;
    }

    public static string Id(string name, string subscription = Subscription) =>
        $"/subscriptions/{subscription}/resourceGroups/mesh/providers/Microsoft.ContainerService/managedClusters/{name}";

    /// <summary>A cluster as ARM answers it.</summary>
    public static JsonObject Resource(string name, string subscription = Subscription) => JsonNode.Parse($$$"""
        {"id": "{{{Id(name, subscription)}}}", "name": "{{{name}}}", "type": "Microsoft.ContainerService/ManagedClusters", "location": "westeurope", "tags": {},
         "properties": {"provisioningState": "Succeeded", "powerState": {"code": "Running"}, "kubernetesVersion": "1.31.2", "fqdn": "{{{name}}}.hcp.westeurope.azmk8s.io",
           "agentPoolProfiles": [{"name": "pool", "vnetSubnetID": "/subscriptions/{{{subscription}}}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets/{{{name}}}"}],
           "networkProfile": {"networkPlugin": "azure", "networkPluginMode": "overlay", "podCidr": "10.244.0.0/16", "podCidrs": ["10.244.0.0/16"], "serviceCidr": "10.0.0.0/16", "serviceCidrs": ["10.0.0.0/16"]},
           "aadProfile": {"managed": true, "enableAzureRBAC": true}, "disableLocalAccounts": true}}
        """)?.AsObject() ?? [];

    /// <summary>What listClusterUserCredential gives for a cluster with Entra: a program to run, which nobody here runs.</summary>
    public static string UserKubeconfig(EmbeddedCluster cluster) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: {cluster.Name}
          cluster:
            server: {cluster.Url.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Convert.ToBase64String(global::System.Text.Encoding.ASCII.GetBytes(cluster.CaCertificatePem))}
        contexts:
        - name: {cluster.Name}
          context: {"{"}cluster: {cluster.Name}, user: clusterUser{"}"}
        current-context: {cluster.Name}
        users:
        - name: clusterUser
          user:
            exec: {"{"}apiVersion: client.authentication.k8s.io/v1beta1, command: touch, args: [/nowhere/at/all]{"}"}
        """;

    public void Tag(string name, params (string Name, string Value)[] tags) => Arm.Change(Id(name), resource =>
        resource["tags"] = new JsonObject(tags.Select(tag => KeyValuePair.Create(tag.Name, (JsonNode?)tag.Value))));

    public void WriteDocument(string clusters, string spec = "") => Blobs.Write("mesh.yaml", $$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: prod, generation: 1}
        spec:
          mayExport: [shop]
        {{spec}}
          clusters: [{{clusters}}]
        """);

    /// <summary>A document that lists no cluster: all join by their tag.</summary>
    public void WriteDiscoveryDocument(string clusters = "") => WriteDocument(clusters, $"  discovery: {{subscriptions: [{Subscription}]}}");

    /// <summary>One instance of the functions' parts. Each has what it knows to itself.</summary>
    public ServiceProvider Instance(TimeProvider? time = null, ClusterApiOptions? options = null)
    {
        var clock = time ?? TimeProvider.System;
        var credential = DelegatedTokenCredential.Create((request, _) => Give(request, clock));
        var arm = new ArmClient(credential, clock, new HttpClientTransport(Arm.CreateHandler()));
        var vaults = new VaultClients(credential, new HttpClientTransport(Vault.CreateHandler()));
        var blob = new BlobText(Blobs.Address("mesh.yaml"), credential, new HttpClientTransport(Blobs.CreateHandler()));
        var document = new BlobMeshDocumentSource(blob, blob.Beside(BlobMeshDocumentSource.LastGoodSuffix), clock);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(clock);
        services.AddSingleton<IMeshDocumentSource>(new DiscoveredMeshDocuments(document, blob.Beside(DiscoveredMeshDocuments.RegisterSuffix), arm, clock));
        services.AddSingleton(arm);
        services.AddSingleton(vaults);
        services.AddSingleton(new AzureAccess(arm, credential, vaults, clock));
        services.AddSingleton(options ?? new ClusterApiOptions());
        services.AddSingleton<ICertificateSource, KeyVaultCertificateSource>();
        services.AddSingleton(new WebhookSettings { BaseUrl = new Uri("https://isthmus.example.com"), Keys = [new byte[32]] });
        services.AddSingleton<IMeshEventPublisher>(Events);
        services.AddSingleton<NameFanOut>();
        services.AddSingleton<EventRuns>();
        services.AddSingleton<ServiceRuns>();
        services.AddSingleton<EventDeliveries>();
        services.AddSingleton<ClusterEvents>();
        services.AddReconcilers();
        var provider = services.BuildServiceProvider();
        _services.Add(provider);
        return provider;
    }

    public Task ExportAsync(string cluster, string name = "reviews") => CreateAsync(Cluster(cluster), Yaml.Read($$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: shop, labels: {isthmus.dev/export: "true"} }
        spec: {selector: {app: {{name}} }, ports: [{name: http, port: 9080}] }
        """)?.AsObject() ?? []);

    public async Task<JsonObject?> EntryAsync(string cluster, string host = "reviews.shop.global")
    {
        using var api = Direct(Cluster(cluster));
        return await api.GetAsync(ResourceKind.ServiceEntry, "isthmus-system", host, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services)
            await services.DisposeAsync();
        foreach (var cluster in _clusters.Values)
            await cluster.DisposeAsync();
        await Arm.DisposeAsync();
        await Blobs.DisposeAsync();
        await Vault.DisposeAsync();
        _authority.Dispose();
    }

    private static string Token(int number) => $"entra-token-{number}";

    private AccessToken Give(TokenRequestContext request, TimeProvider time) => request.Scopes[0] switch
    {
        "6dae42f8-4368-4678-94ff-3960e28e3630/.default" => new AccessToken(Token(Interlocked.Increment(ref _tokens)), time.GetUtcNow().AddHours(1)),
        "https://management.azure.com/.default" => new AccessToken(ArmToken ?? Arm.Token, DateTimeOffset.MaxValue),
        "https://storage.azure.com/.default" => new AccessToken(Blobs.Token, DateTimeOffset.MaxValue),
        _ => new AccessToken(Vault.Token, DateTimeOffset.MaxValue),
    };

    private static ClusterApi Direct(EmbeddedCluster cluster) => new(
        new ClusterName(cluster.Name), ApiServerAddresses.WithToken(new(cluster.Url, cluster.CaCertificatePem, null, false), cluster.AdminToken), new ClusterApiOptions(), TimeProvider.System);

    private static async Task FillAsync(EmbeddedCluster cluster, string gateway)
    {
        using var api = Direct(cluster);
        foreach (var definition in IstioDefinitions.Read())
            await api.CreateAsync(Definition, definition, Cancel);
        foreach (var obj in Yaml.ReadAll(Objects).OfType<JsonObject>())
        {
            var created = await CreateAsync(cluster, obj);
            if (created.Name() != "istio-eastwestgateway")
                continue;
            created["status"] = new JsonObject { ["loadBalancer"] = new JsonObject { ["ingress"] = new JsonArray(new JsonObject { ["ip"] = gateway }) } };
            await api.ReplaceStatusAsync(ResourceKind.Service, created, Cancel);
        }
    }

    private static async Task<JsonObject> CreateAsync(EmbeddedCluster cluster, JsonObject obj)
    {
        using var api = Direct(cluster);
        return await api.CreateAsync(ObjectMetadata.TextOf(obj["kind"]) == "Namespace" ? ResourceKind.Namespace : ResourceKind.Service, obj, Cancel);
    }
}
