using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.Istio;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;

namespace HostStandIn;

/// <summary>Two embedded clusters, and what leads the app to them: the document in a blob, the kubeconfigs and the keys in the vault.</summary>
internal sealed class TrialMesh : IAsyncDisposable
{
    private const string Document = """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: trial, generation: 1}
        spec:
          trust: {vault: https://isthmus-trial.vault.azure.net/, certificate: mesh-intermediate}
          mayExport: [shop]
          injection: {timeoutSeconds: 10}
          clusters:
          - name: east
            network: vnet-east
            access: {vaultSecret: east}
            gateway: {service: istio-system/istio-eastwestgateway}
          - name: west
            network: vnet-west
            access: {vaultSecret: west}
            gateway: {service: istio-system/istio-eastwestgateway}
            webhook: {endpointSlices: poll}
        """;

    private readonly string _key = AzureStandIn.NewSecret();
    private readonly MeshCertificateAuthority _authority = MeshCertificateAuthority.Create("Isthmus trial", TimeProvider.System);
    private readonly string _intermediate;

    private TrialMesh(EmbeddedCluster east, EmbeddedCluster west)
    {
        (East, West) = (east, west);
        _intermediate = _authority.IssueIntermediatePem();
    }

    public EmbeddedCluster East { get; }

    public EmbeddedCluster West { get; }

    /// <summary>What must appear in no log and no telemetry; of the CA's key its first line.</summary>
    public IEnumerable<string> Secrets =>
    [
        _key, East.AdminToken, West.AdminToken, _intermediate.Split('\n')[1],
        .. from cluster in (string[])["east", "west"]
           from purpose in Enum.GetValues<WebhookPurpose>()
           select Token(cluster, purpose),
    ];

    public static async Task<TrialMesh> StartAsync(AzureStandIn azure)
    {
        var mesh = new TrialMesh(await StartClusterAsync("east", "203.0.113.10"), await StartClusterAsync("west", "203.0.113.20"));
        azure.Vault.SetSecret("isthmus-webhook-key", mesh._key);
        azure.Vault.SetSecret("east", mesh.East.Kubeconfig());
        azure.Vault.SetSecret("west", mesh.West.Kubeconfig());
        azure.Vault.SetCertificate("mesh-intermediate", mesh._intermediate);
        azure.Blobs.Write("mesh.yaml", Document);
        return mesh;
    }

    /// <summary>The token of a webhook's URL.</summary>
    public string Token(string cluster, WebhookPurpose purpose) => WebhookToken.Compute(System.Text.Encoding.UTF8.GetBytes(_key), new ClusterName(cluster), purpose);

    /// <summary>An object or list of a cluster, as the cluster itself has it.</summary>
    public static async Task<string> ReadAsync(EmbeddedCluster cluster, string path)
    {
        using var client = new HttpClient(PinnedConnections.TrustOnly(cluster.CaCertificatePem));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.AdminToken);
        using var answer = await client.GetAsync(new Uri(cluster.Url, path));
        return await answer.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await East.DisposeAsync();
        await West.DisposeAsync();
        _authority.Dispose();
    }

    private static Task<EmbeddedCluster> StartClusterAsync(string name, string gateway)
    {
        using var stream = typeof(TrialMesh).Assembly.GetManifestResourceStream("cluster.yaml")
            ?? throw new InvalidOperationException("The program does not hold cluster.yaml.");
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd().Replace("$(CLUSTER)", name, StringComparison.Ordinal).Replace("$(NETWORK)", $"vnet-{name}", StringComparison.Ordinal);
        var objects = Yaml.ReadAll(text).OfType<JsonObject>().ToList();
        foreach (var one in objects)
            Prepare(one, name, gateway);
        return EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Name = name, InitialObjects = [.. IstioDefinitions.Read(), .. objects] });
    }

    /// <summary>What a cloud's controller and a user have done: the gateway has an address, and west's reviews are exported.</summary>
    private static void Prepare(JsonObject one, string cluster, string gateway)
    {
        var (kind, name) = ($"{one["kind"]}", $"{one["metadata"]?["name"]}");
        if (name == "istio-eastwestgateway")
            one["status"] = new JsonObject { ["loadBalancer"] = new JsonObject { ["ingress"] = new JsonArray(new JsonObject { ["ip"] = gateway }) } };
        if (kind == "Service" && name == "reviews" && cluster == "west" && one["metadata"]?["labels"] is JsonObject labels)
            labels["isthmus.dev/export"] = "true";
    }
}
