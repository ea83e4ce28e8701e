using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Isthmus.System.Tests.Secrecy;

/// <summary>
/// Listens to every server in this process, embedded clusters, vaults and event grids and the functions: what is written into
/// them and what functions answer is output; what is in vaults and Secrets, and what requests authenticate with, is secret.
/// </summary>
internal sealed class ServerTraffic : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    // The older of two events, since the newer one makes an Activity, whose headers would go along with every request.
    private const string Begin = "Microsoft.AspNetCore.Hosting.BeginRequest";

    private readonly List<IDisposable> _subscriptions = [];
    private readonly Lock _lock = new();

    public ServerTraffic() => Keep(DiagnosticListener.AllListeners.Subscribe(this));

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.AspNetCore")
            Keep(value.Subscribe(this, name => name == Begin));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value?.GetType().GetProperty("httpContext")?.GetValue(value.Value) is HttpContext call)
            Watch(call);
    }

    public void OnCompleted()
    {
        // A server ended.
    }

    public void OnError(Exception error) => throw new InvalidOperationException("Servers cannot be listened to.", error);

    public void Dispose()
    {
        lock (_lock)
            _subscriptions.ForEach(subscription => subscription.Dispose());
    }

    private void Keep(IDisposable subscription)
    {
        lock (_lock)
            _subscriptions.Add(subscription);
    }

    private static void Watch(HttpContext call)
    {
        var path = call.Request.Path.Value ?? "";
        foreach (var header in new[] { "Authorization", "x-functions-key", "aeg-sas-key" })
            RunRecord.Learn($"the {header} of a request", call.Request.Headers[header].ToString().Replace("Bearer ", "", StringComparison.Ordinal));
        if (path.Split('/') is ["", "api", "clusters", _, var token, ..])
            RunRecord.Learn("a webhook's token", token);
        if (path.StartsWith("/secrets", StringComparison.Ordinal) || path.StartsWith("/certificates", StringComparison.Ordinal))
            call.Response.Body = new Tee(call.Response.Body, text => RunRecord.Learn("what is in a vault", Value(text)));
        else if (path.StartsWith("/api/clusters", StringComparison.Ordinal) || path is "/api/status" or "/api/plan" || path.StartsWith("/runtime/", StringComparison.Ordinal))
            call.Response.Body = new Tee(call.Response.Body, text => RunRecord.Add("an answer of a function", text));
        else if (call.Request.Method is "POST" or "PUT" or "PATCH")
            call.Request.Body = new Tee(call.Request.Body, text => Written(path, text));
    }

    private static void Written(string path, string text)
    {
        if (path.Contains("/secrets", StringComparison.Ordinal))
        {
            if (Parsed(text)?["data"] is JsonObject data)
            {
                foreach (var (_, value) in data)
                    RunRecord.Learn("what is in a Secret", Decoded(value?.ToString() ?? ""));
            }
        }
        // Where API servers call us by URL, the token is in it: that is what tokens are for.
        else if (!path.Contains("webhookconfigurations", StringComparison.Ordinal) && !path.EndsWith("/token", StringComparison.Ordinal) && !path.EndsWith("/tokenreviews", StringComparison.Ordinal))
        {
            RunRecord.Add(path.StartsWith("/api/events", StringComparison.Ordinal) ? "an event" : $"what was written to {path}", text);
        }
    }

    private static JsonObject? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A list has a value too, of another kind.
    private static string? Value(string text) => Parsed(text)?["value"] is JsonValue value && value.TryGetValue<string>(out var secret) ? secret : null;

    private static string Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }
}
