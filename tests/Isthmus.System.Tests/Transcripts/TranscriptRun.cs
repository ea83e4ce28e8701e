using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Cluster;
using Xunit;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>Replays all scenarios, one after the other, on one embedded cluster; the tests look at the results.</summary>
public sealed class TranscriptRun : IAsyncLifetime
{
    private const string AdminToken = "transcripts-admin";
    private const string NobodyToken = "transcripts-nobody";

    private readonly Dictionary<string, ScenarioResult> _results = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, ScenarioResult> Results => _results;

    public async ValueTask InitializeAsync()
    {
        var scenarios = Scenario.All();
        if (scenarios.Count == 0)
            return;
        await using var webhooks = await WebhookServer.StartAsync();
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions
        {
            Name = "transcripts",
            Controllers = false,
            Tokens = new Dictionary<string, ClusterUser>
            {
                [AdminToken] = new("admin", "1", ["system:masters"]),
                [NobodyToken] = new("nobody", "2", ["nothing"]),
            },
        });
        using var client = Client(cluster);
        var target = new ReplayTarget(cluster.Url, client, webhooks, Configured(cluster, webhooks),
            new Dictionary<string, string> { [""] = AdminToken, ["nobody"] = NobodyToken, ["invalid"] = "nobody-issued-this" }, cluster.CompactHistory);
        foreach (var scenario in scenarios)
        {
            foreach (var definition in scenario.Requires)
                await RequireAsync(client, cluster.Url, definition);
            _results[scenario.Name] = await new ScenarioReplay(scenario, target).RunAsync();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A table of what matched, by area and in total.</summary>
    public string Summary()
    {
        var text = new StringBuilder("area            scenarios     steps    messages\n");
        foreach (var area in _results.Values.GroupBy(result => result.Scenario.Area).OrderBy(area => area.Key, StringComparer.Ordinal))
            text.AppendLine(Line(area.Key, [.. area]));
        return text.AppendLine(Line("total", [.. _results.Values])).ToString();
    }

    private static string Line(string name, ScenarioResult[] results) =>
        $"{name,-16}{results.Count(result => result.Passed),4} of {results.Length,-4}{results.Sum(result => result.Matched),4} of {results.Sum(result => result.Steps),-5}" +
        $"{results.Sum(result => result.EqualMessages),4} of {results.Sum(result => result.Messages),-4}";

    private static HttpClient Client(EmbeddedCluster cluster)
    {
        var authority = X509Certificate2.CreateFromPem(cluster.CaCertificatePem);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false };
        handler.SslOptions.CertificateChainPolicy = policy;
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };
    }

    private static Dictionary<string, string> Configured(EmbeddedCluster cluster, WebhookServer webhooks) => new(StringComparer.Ordinal)
    {
        ["<server>"] = cluster.Url.GetLeftPart(UriPartial.Authority),
        ["<webhook>"] = webhooks.Url.GetLeftPart(UriPartial.Authority),
        ["<caBundle>"] = webhooks.CaBundle,
        ["<refused>"] = $"https://127.0.0.1:{FreePort()}",
        ["<admin-user>"] = "admin",
        ["<admin-uid>"] = "1",
        ["<token:admin>"] = AdminToken,
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RequireAsync(HttpClient client, Uri server, string file)
    {
        var definition = JsonNode.Parse(await File.ReadAllTextAsync(file)) as JsonObject ?? [];
        var path = new Uri(server, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
        using var create = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(definition.ToJsonString(), Encoding.UTF8, "application/json") };
        using var created = await SendAsync(client, create);
        if (created.StatusCode != HttpStatusCode.Conflict && !created.IsSuccessStatusCode)
            throw new InvalidOperationException($"{file}: {await created.Content.ReadAsStringAsync()}");
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var read = await SendAsync(client, new HttpRequestMessage(HttpMethod.Get, $"{path}/{(string?)definition["metadata"]?["name"]}"));
            if ((await read.Content.ReadAsStringAsync()).Contains("\"Established\"", StringComparison.Ordinal))
                return;
            await Task.Delay(20);
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        return await client.SendAsync(request);
    }
}
