using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Webhooks;

namespace HostStandIn;

/// <summary>Every HTTP function, asked as API servers, proxies and people ask it.</summary>
internal sealed class HttpChecks(Uri front, AzureStandIn azure, TrialMesh mesh, ConcurrentQueue<string> answers) : IDisposable
{
    private static readonly string Wrong = new('0', 64);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = front };

    public static async Task WithoutSettingsAsync(StandInHost host, Uri front)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = front };
        using var answer = await client.PostAsync($"/api/clusters/west/{Wrong}/changes", Json("{}"));
        Check.Equal("NotifyChange without settings", HttpStatusCode.InternalServerError, answer.StatusCode);
        Check.Contains("the log without settings", "These settings are missing: ISTHMUS_MESH_DOCUMENT", string.Join('\n', host.Channel.Told));
        Check.That("the log", !host.Channel.Told.Any(line => line.Contains("Request starting", StringComparison.Ordinal)), "each request has its lines, unasked");
    }

    public async Task WithoutKeysAsync(StandInHost host)
    {
        await PostAsync($"/api/clusters/west/{Wrong}/changes", "{}", HttpStatusCode.InternalServerError);
        Check.Contains("the log without the webhooks' key", "Caller is not authorized", string.Join('\n', host.Channel.Told));
    }

    public async Task RunAsync()
    {
        await RefusedAsync();
        await InjectedAsync();
        await NotifiedAsync();
        await DiscoveredAsync();
        await ReadAsync();
    }

    public void Dispose() => _client.Dispose();

    private async Task RefusedAsync()
    {
        foreach (var path in (string[])["inject/cluster/east/net/vnet-east", "changes", "v3/discovery:endpoints"])
        {
            await PostAsync($"/api/clusters/east/{Wrong}/{path}", "{}", HttpStatusCode.Unauthorized);
            await PostAsync($"/api/clusters/nowhere/{Wrong}/{path}", "{}", HttpStatusCode.Unauthorized);
        }

        // A token opens one purpose of one cluster.
        await PostAsync($"/api/clusters/east/{mesh.Token("east", WebhookPurpose.Inject)}/changes", "{}", HttpStatusCode.Unauthorized);
        await PostAsync($"/api/clusters/west/{mesh.Token("east", WebhookPurpose.Changes)}/changes", "{}", HttpStatusCode.Unauthorized);
        await PostAsync($"{Inject("east")}/cluster/east", "no json", HttpStatusCode.BadRequest);
    }

    private async Task InjectedAsync()
    {
        foreach (var cluster in (string[])["east", "west"])
        {
            var patch = await PatchAsync($"{Inject(cluster)}/cluster/{cluster}/net/vnet-{cluster}?timeout=10s", Pod(0));
            Check.Contains($"the patch of a pod in {cluster}", "istio-proxy", patch);
            Check.Contains($"the patch of a pod in {cluster}", $"vnet-{cluster}", patch);
        }

        var together = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PatchAsync($"{Inject("east")}/cluster/east/net/vnet-east", Pod(1000))));
        Check.Equal("the patches of pods that come together", 1, together.Distinct().Count());

        // What follows /inject/ is the proxy's environment; it comes through two servers in one piece.
        Check.Contains("a value with encoded characters", "a b&c", await PatchAsync($"{Inject("east")}/cluster/east/net/vnet-east/TRIAL/a%20b%26c", Pod(0)));
        Check.Contains("a value with an encoded slash", "a/b", await PatchAsync($"{Inject("east")}/cluster/east/net/vnet-east/TRIAL/a--slash--b", Pod(0)));
        Check.Contains("the path left out", "istio-proxy", await PatchAsync(Inject("east"), Pod(0)));
        Check.Contains("the path empty", "istio-proxy", await PatchAsync($"{Inject("east")}/", Pod(0)));
        Check.Contains("a body of 5 MiB", "istio-proxy", await PatchAsync($"{Inject("east")}/cluster/east/net/vnet-east", Pod(5 * 1024 * 1024)));
        Check.Contains("a body without its length", "istio-proxy", await PatchAsync($"{Inject("east")}/cluster/east/net/vnet-east", Pod(100_000), chunked: true));
        Check.Contains("a body of 7 MiB", "over 6 MiB", await PostAsync($"{Inject("east")}/cluster/east", Pod(7 * 1024 * 1024), HttpStatusCode.BadRequest));
    }

    private async Task NotifiedAsync()
    {
        var before = azure.Published.Count;
        var answer = await PostAsync($"/api/clusters/west/{mesh.Token("west", WebhookPurpose.Changes)}/changes?timeout=1s", Export, HttpStatusCode.OK);
        Check.Contains("NotifyChange", "\"allowed\":true", answer);
        Check.Contains("NotifyChange", "\"uid\":\"r-1\"", answer);
        Check.Equal("the events that NotifyChange publishes", before + 1, azure.Published.Count);
        Check.Equal("NotifyChange's event", "dev.isthmus.service.changed shop/reviews", $"{azure.Published.Last()["type"]} {azure.Published.Last()["subject"]}");
    }

    private async Task DiscoveredAsync()
    {
        foreach (var path in (string[])["v3/discovery:endpoints", "v3/discovery%3Aendpoints"])
        {
            var answer = await PostAsync($"/api/clusters/east/{mesh.Token("east", WebhookPurpose.Endpoints)}/{path}", Discovery, HttpStatusCode.OK);
            Check.Contains("DiscoverEndpoints", "outbound|9080||reviews.shop.svc.cluster.local", answer);
        }
    }

    private async Task ReadAsync()
    {
        var status = await GetAsync("/api/status");
        foreach (var part in (string[])["\"trust\"", "\"injection\"", "reviews.shop.global"])
            Check.Contains("MeshStatus", part, status);
        Check.That("MeshPlan", JsonNode.Parse(await GetAsync("/api/plan")) is JsonObject, "it is no JSON object");
    }

    private string Inject(string cluster) => $"/api/clusters/{cluster}/{mesh.Token(cluster, WebhookPurpose.Inject)}/inject";

    private async Task<string> PatchAsync(string path, string review, bool chunked = false)
    {
        var answer = JsonNode.Parse(await PostAsync(path, review, HttpStatusCode.OK, chunked))?["response"];
        Check.Equal("the answer's uid", "trial", $"{answer?["uid"]}");
        Check.Equal("the answer", "true", $"{answer?["allowed"]}");
        return JsonNode.Parse(Convert.FromBase64String($"{answer?["patch"]}"))?.ToJsonString(Plain) ?? "";
    }

    private async Task<string> PostAsync(string path, string body, HttpStatusCode expected, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body) };
        request.Headers.TransferEncodingChunked = chunked;
        return await SendAsync(request, expected);
    }

    private async Task<string> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, HttpStatusCode.OK);
    }

    private async Task<string> SendAsync(HttpRequestMessage request, HttpStatusCode expected)
    {
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answers.Enqueue(text);
        Check.That($"{request.Method} {request.RequestUri}", answer.StatusCode == expected, $"{expected} was expected, and it is {(int)answer.StatusCode}: {text}");
        return text;
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The review of a pod with an annotation of some size.</summary>
    private static string Pod(int size) => new JsonObject
    {
        ["apiVersion"] = "admission.k8s.io/v1",
        ["kind"] = "AdmissionReview",
        ["request"] = new JsonObject
        {
            ["uid"] = "trial",
            ["kind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" },
            ["resource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["namespace"] = "shop",
            ["operation"] = "CREATE",
            ["object"] = new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Pod",
                ["metadata"] = new JsonObject { ["name"] = "reviews-1", ["namespace"] = "shop", ["annotations"] = new JsonObject { ["trial"] = new string('x', size) } },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "reviews", ["image"] = "example.com/reviews:1" }) },
            },
        },
    }.ToJsonString();

    private const string Export = """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"r-1","kind":{"version":"v1","kind":"Service"},
        "operation":"UPDATE","namespace":"shop","name":"reviews",
        "object":{"metadata":{"name":"reviews","namespace":"shop","uid":"u","resourceVersion":"7","labels":{"isthmus.dev/export":"true"}}},
        "oldObject":{"metadata":{"name":"reviews","namespace":"shop","uid":"u","resourceVersion":"7"}}}}
        """;

    private const string Discovery = """
        {"version_info":"","node":{"id":"sidecar~10.1.0.7~client.shop~shop.svc.cluster.local","cluster":"client.shop",
        "metadata":{"NETWORK":"vnet-east","CLUSTER_ID":"east","NAMESPACE":"shop"}},
        "resource_names":["outbound|9080||reviews.shop.svc.cluster.local"],"type_url":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"}
        """;
}
