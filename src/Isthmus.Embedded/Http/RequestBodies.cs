using Isthmus.Embedded.Api;
using Isthmus.Embedded.Verbs;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Http;

/// <summary>Reads request bodies up to the size that API servers accept.</summary>
internal static class RequestBodies
{
    private const int Limit = 3 * 1024 * 1024;

    public static async Task<RequestBody> ReadAsync(HttpContext http)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[32 * 1024];
        while (true)
        {
            var count = await http.Request.Body.ReadAsync(chunk, http.RequestAborted).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }
            bytes.Write(chunk, 0, count);
            if (bytes.Length > Limit)
            {
                throw new ApiStatusException(413, "RequestEntityTooLarge", $"Request entity too large: limit is {Limit}");
            }
        }
        var mediaType = (http.Request.ContentType ?? "").Split(';', 2)[0].Trim().ToLowerInvariant();
        return new RequestBody(bytes.ToArray(), mediaType);
    }
}
