using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Blobs;

/// <summary>Get Blob and Put Blob of the Blob service's REST interface.</summary>
internal sealed class BlobEndpoint(BlobStore store, string container)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var parts = (request.Path.Value ?? "").Split('/', 3, StringSplitOptions.RemoveEmptyEntries);
        // Bearer tokens came with version 2017-11-09; without a version none is read.
        if (string.CompareOrdinal(request.Headers["x-ms-version"].ToString(), "2017-11-09") < 0)
            await RefuseAsync(context, 400, "MissingRequiredHeader");
        else if (parts.Length < 2)
            await RefuseAsync(context, 400, "InvalidUri");
        else if (parts[0] != container)
            await RefuseAsync(context, 404, "ContainerNotFound");
        else if (request.Method == "GET")
            await GetAsync(context, parts[1]);
        else if (request.Method == "PUT" && request.Headers["x-ms-blob-type"] == "BlockBlob")
            await PutAsync(context, parts[1]);
        else
            await RefuseAsync(context, 400, "InvalidHeaderValue");
    }

    public static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
        if (status != 304)
        {
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>It is refused.</Message></Error>", context.RequestAborted);
        }
    }

    private async Task GetAsync(HttpContext context, string name)
    {
        if (store.Find(name) is not { } blob)
        {
            await RefuseAsync(context, 404, "BlobNotFound");
            return;
        }

        Mark(context, blob);
        if (context.Request.Headers.IfNoneMatch.ToString() == blob.ETag)
        {
            await RefuseAsync(context, 304, "ConditionNotMet");
            return;
        }

        var body = Encoding.UTF8.GetBytes(blob.Text);
        context.Response.Headers["x-ms-blob-type"] = "BlockBlob";
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private async Task PutAsync(HttpContext context, string name)
    {
        var (match, noneMatch) = (context.Request.Headers.IfMatch.ToString(), context.Request.Headers.IfNoneMatch.ToString());
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        var written = store.TryPut(name, text, live => (match.Length == 0 || live?.ETag == match) && !(noneMatch == "*" && live is not null));
        if (written is null)
        {
            await (noneMatch == "*" ? RefuseAsync(context, 409, "BlobAlreadyExists") : RefuseAsync(context, 412, "ConditionNotMet"));
            return;
        }

        Mark(context, written);
        context.Response.StatusCode = 201;
    }

    private static void Mark(HttpContext context, StoredBlob blob)
    {
        context.Response.Headers.ETag = blob.ETag;
        context.Response.Headers["x-ms-version"] = context.Request.Headers["x-ms-version"];
        context.Response.Headers.LastModified = DateTimeOffset.UnixEpoch.ToString("R", CultureInfo.InvariantCulture);
    }
}
