using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Tls;
using Microsoft.AspNetCore.Http;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>The webhooks of the recordings: answers as a step says, and remembers what came.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<JsonObject> _calls = new();
    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("webhooks", TimeProvider.System);
    private LoopbackServer? _server;
    private volatile JsonObject _answers = [];

    public Uri Url => _server?.Url ?? throw new InvalidOperationException("not started");

    public string CaBundle => Convert.ToBase64String(Encoding.ASCII.GetBytes(_authority.Pem));

    public static async Task<WebhookServer> StartAsync()
    {
        var webhooks = new WebhookServer();
        webhooks._server = await LoopbackServer.StartAsync(webhooks._authority.Issue(), webhooks.AnswerAsync, null, CancellationToken.None);
        return webhooks;
    }

    public void Answer(JsonObject answers) => _answers = answers;

    /// <summary>The calls since the last time, oldest first.</summary>
    public IReadOnlyList<JsonObject> TakeCalls()
    {
        var taken = new List<JsonObject>();
        while (_calls.TryDequeue(out var call))
            taken.Add(call);
        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _authority.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = JsonNode.Parse(await reader.ReadToEndAsync()) as JsonObject ?? [];
        var path = http.Request.Path.Value ?? "";
        _calls.Enqueue(new JsonObject
        {
            ["path"] = path,
            ["query"] = new JsonObject(http.Request.Query.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value.ToString()))),
            ["body"] = body.DeepClone(),
        });
        var answer = _answers[path] as JsonObject ?? new JsonObject { ["response"] = new JsonObject { ["allowed"] = true } };
        if (answer["delayMs"] is { } delay)
        {
            try
            {
                await Task.Delay(delay.GetValue<int>(), http.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        http.Response.StatusCode = answer["status"]?.GetValue<int>() ?? 200;
        http.Response.ContentType = (string?)answer["contentType"] ?? "application/json";
        await http.Response.WriteAsync((string?)answer["rawBody"] ?? Review(answer, body).ToJsonString());
    }

    private static JsonObject Review(JsonObject answer, JsonObject request)
    {
        var response = answer["response"]?.DeepClone() as JsonObject ?? [];
        if (!response.ContainsKey("uid"))
            response["uid"] = request["request"]?["uid"]?.DeepClone();
        if (response["patch"] is { } patch)
        {
            var text = patch is JsonValue value && value.TryGetValue<string>(out var raw) ? raw : patch.ToJsonString();
            response["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
            if (!response.ContainsKey("patchType"))
                response["patchType"] = "JSONPatch";
            else if ((string?)response["patchType"] == "")
                response.Remove("patchType");
        }

        return new JsonObject
        {
            ["apiVersion"] = answer["apiVersion"]?.DeepClone() ?? request["apiVersion"]?.DeepClone(),
            ["kind"] = answer["kind"]?.DeepClone() ?? "AdmissionReview",
            ["response"] = response,
        };
    }
}
