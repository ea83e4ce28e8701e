using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>Turns recorded requests into real ones.</summary>
internal static class RecordedRequests
{
    public static HttpRequestMessage Build(JsonObject request, Placeholders placeholders, Uri server, IReadOnlyDictionary<string, string> tokens)
    {
        var path = placeholders.Fill((string?)request["path"] ?? "");
        var query = request["query"] is JsonObject given && given.Count > 0
            ? "?" + string.Join("&", given.Select(entry => $"{Uri.EscapeDataString(entry.Key)}={Uri.EscapeDataString(placeholders.Fill(entry.Value?.ToString() ?? ""))}"))
            : "";
        var message = new HttpRequestMessage(new HttpMethod((string?)request["method"] ?? "GET"), new Uri(server, path + query));
        if (Body(request, placeholders) is { } body)
            message.Content = new ByteArrayContent(body);
        foreach (var (name, value) in request["headers"] as JsonObject ?? [])
            if (name == "Content-Type")
            {
                message.Content ??= new ByteArrayContent([]);
                message.Content.Headers.TryAddWithoutValidation(name, (string?)value);
            }
            else
                message.Headers.TryAddWithoutValidation(name, placeholders.Fill((string?)value ?? ""));
        var auth = (string?)request["auth"];
        if (auth != "none")
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.TryGetValue(auth ?? "", out var token) ? token : placeholders.Fill(auth ?? ""));
        return message;
    }

    private static byte[]? Body(JsonObject request, Placeholders placeholders)
    {
        if (request["bodyTemplate"] is JsonObject template)
        {
            var repeated = string.Concat(Enumerable.Repeat((string?)template["repeat"] ?? "", template["count"]?.GetValue<int>() ?? 0));
            return Encoding.UTF8.GetBytes($"{(string?)template["prefix"]}{repeated}{(string?)template["suffix"]}");
        }

        if (request["bodyText"] is JsonValue text)
            return Encoding.UTF8.GetBytes(placeholders.Fill(text.GetValue<string>()));
        return request.ContainsKey("body") ? JsonSerializer.SerializeToUtf8Bytes(placeholders.Fill(request["body"])) : null;
    }
}
