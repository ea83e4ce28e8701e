using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Verbs;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Http;

/// <summary>Writes answers: objects, Status errors, plain texts, watch streams.</summary>
internal static class Responses
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 2000 };

    public static async Task WriteAsync(HttpContext http, int status, JsonObject answer, OutputFormat format, IEnumerable<string> warnings)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = format.MediaType;
        foreach (var warning in WarningHeaders.Sendable(warnings))
        {
            http.Response.Headers.Append("Warning", $"299 - {Quote(warning)}");
        }
        var body = format.Yaml ? System.Text.Encoding.UTF8.GetBytes(Yaml.Write(answer)) : Bytes(answer, newline: true);
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }

    public static Task WriteErrorAsync(HttpContext http, ApiStatusException error, IEnumerable<string> warnings)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = error.Continue is null ? new JsonObject() : new JsonObject { ["continue"] = error.Continue },
            ["status"] = "Failure",
            ["message"] = error.Message,
        };
        if (error.Reason.Length > 0)
        {
            status["reason"] = error.Reason;
        }
        if (error.Details is not null)
        {
            status["details"] = error.Details.Copy();
            if (error.Details.Integer("retryAfterSeconds") is { } seconds)
            {
                http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        }
        status["code"] = error.Code;
        return WriteAsync(http, error.Code, status, new OutputFormat(false, "", ""), warnings);
    }

    public static async Task WriteTextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.WriteAsync(text, http.RequestAborted).ConfigureAwait(false);
    }

    public static Task WritePageNotFoundAsync(HttpContext http) => WriteTextAsync(http, 404, "404 page not found\n");

    public static async Task WriteEventAsync(HttpContext http, string type, JsonObject obj, CancellationToken cancellation)
    {
        var line = Bytes(new JsonObject { ["type"] = type, ["object"] = obj.Copy() }, newline: true);
        await http.Response.Body.WriteAsync(line, cancellation).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private static byte[] Bytes(JsonObject answer, bool newline)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            answer.WriteTo(writer);
        }
        if (newline)
        {
            buffer.WriteByte((byte)'\n');
        }
        return buffer.ToArray();
    }

    // A quoted-string of RFC 7230; what a header cannot carry is left out.
    private static string Quote(string text)
    {
        var printable = new string([.. text.Where(c => c is >= ' ' and < (char)127)]);
        return $"\"{printable.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
