using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.Tls;
using Isthmus.System.Tests.Transcripts;
using Xunit;

namespace Isthmus.System.Tests.Admission;

/// <summary>What the recordings do not show of calls to webhooks.</summary>
public sealed class WebhookCallTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    private EmbeddedCluster? _cluster;
    private HttpClient? _client;
    private WebhookServer? _webhooks;

    private WebhookServer Webhooks => _webhooks ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        _webhooks = await WebhookServer.StartAsync();
        _cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions
        {
            Controllers = false,
            ServiceResolver = (ns, name, _) => (ns, name) == ("hooks", "relay") ? new DnsEndPoint("127.0.0.1", Webhooks.Url.Port) : null,
        }, TestContext.Current.CancellationToken);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(_cluster.CaCertificatePem));
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = policy;
        _client = new HttpClient(handler) { BaseAddress = _cluster.Url };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _cluster.AdminToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        await Webhooks.DisposeAsync();
    }

    [Fact]
    public async Task A_service_that_does_not_exist_is_named()
    {
        await RegisterAsync(new JsonObject { ["service"] = new JsonObject { ["namespace"] = "x", ["name"] = "y", ["path"] = "/p" } });
        Assert.Contains("failed to call webhook: Post \"https://y.x.svc:443/p?timeout=10s\": service \"y\" not found", await CreateAsync(500), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/inject/net/VNet_East", "segment[2]")]
    [InlineData("/a..b", "segment[0]")]
    public async Task A_services_path_has_DNS_names_as_segments(string path, string segment)
    {
        var refusal = await RegisterAsync(new JsonObject { ["service"] = new JsonObject { ["namespace"] = "x", ["name"] = "y", ["path"] = path } }, status: 422);
        Assert.Contains($"webhooks[0].clientConfig.service.path: Invalid value: \"{path}\": {segment}: a lowercase RFC 1123 subdomain", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_must_prove_its_own_name()
    {
        await RegisterAsync(new JsonObject { ["caBundle"] = Webhooks.CaBundle, ["service"] = new JsonObject { ["namespace"] = "hooks", ["name"] = "relay" } });
        Assert.Contains("x509: ", await CreateAsync(500), StringComparison.Ordinal);
        Assert.Empty(Webhooks.TakeCalls());
    }

    [Fact]
    public async Task An_unknown_authority_is_refused()
    {
        using var other = LoopbackAuthority.Create("other", TimeProvider.System);
        await RegisterAsync(new JsonObject { ["url"] = $"{Webhooks.Url}m", ["caBundle"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(other.Pem)) });
        Assert.Contains("x509: certificate signed by unknown authority", await CreateAsync(500), StringComparison.Ordinal);
        Assert.Empty(Webhooks.TakeCalls());
    }

    [Fact]
    public async Task An_answer_of_v1beta1_needs_no_uid()
    {
        Webhooks.Answer(new JsonObject { ["/m"] = new JsonObject { ["response"] = new JsonObject { ["uid"] = "", ["allowed"] = false, ["status"] = new JsonObject { ["message"] = "old" } } } });
        await RegisterAsync(new JsonObject { ["url"] = $"{Webhooks.Url}m", ["caBundle"] = Webhooks.CaBundle }, "v1beta1");
        Assert.Contains("denied the request: old", await CreateAsync(400), StringComparison.Ordinal);
        Assert.Equal("admission.k8s.io/v1beta1", (string?)Webhooks.TakeCalls()[0]["body"]?["apiVersion"]);
    }

    private async Task<string> RegisterAsync(JsonObject clientConfig, string version = "v1", int status = 201)
    {
        var webhook = new JsonObject
        {
            ["name"] = "m.example.com",
            ["admissionReviewVersions"] = new JsonArray(version),
            ["sideEffects"] = "None",
            ["clientConfig"] = clientConfig,
            ["rules"] = new JsonArray(new JsonObject
            {
                ["operations"] = new JsonArray("CREATE"),
                ["apiGroups"] = new JsonArray(""),
                ["apiVersions"] = new JsonArray("v1"),
                ["resources"] = new JsonArray("configmaps"),
            }),
        };
        return await PostAsync("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = "m" }, ["webhooks"] = new JsonArray(webhook) }, status);
    }

    private Task<string> CreateAsync(int status) => PostAsync(ConfigMaps, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "c" } }, status);

    private async Task<string> PostAsync(string path, JsonObject body, int status)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var client = _client ?? throw new InvalidOperationException("not started");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(status, (int)response.StatusCode);
        return (string?)answer?["message"] ?? "";
    }
}
