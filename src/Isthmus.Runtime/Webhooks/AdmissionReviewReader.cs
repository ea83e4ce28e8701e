using System.Buffers;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Runtime.Webhooks;

/// <summary>The body of a webhook call: a review, or the HTTP status and reason to refuse it with.</summary>
public abstract record ReviewBody
{
    private ReviewBody()
    {
    }

    /// <summary>A JSON object; whether it is a good review is for its reader to say.</summary>
    public sealed record Accepted(JsonObject Review) : ReviewBody;

    public sealed record Refused(int Status, string Reason) : ReviewBody;
}

/// <summary>Reads the body of a webhook call within the limits that keep bad input cheap.</summary>
public static class AdmissionReviewReader
{
    /// <summary>An object has at most 3 MiB in etcd's practice; a review carries it twice.</summary>
    public const int MaxBytes = 6 * 1024 * 1024;

    /// <summary>A proxy that asks for endpoints lists its extensions with every question: some 50 KB.</summary>
    public const int MaxDiscoveryBytes = 1024 * 1024;

    public static async Task<ReviewBody> ReadAsync(Stream body, string? contentType, CancellationToken cancellationToken, int maxBytes = MaxBytes)
    {
        if (!IsJson(contentType))
            return new ReviewBody.Refused(415, "contentType has to be application/json");
        if (await ReadLimitedAsync(body, maxBytes, cancellationToken).ConfigureAwait(false) is not { } bytes)
            return new ReviewBody.Refused(400, $"the body is over {maxBytes / 1024 / 1024} MiB");
        if (bytes.Length == 0)
            return new ReviewBody.Refused(400, "no body found");
        if (!StrictJson.TryParse(bytes.Span, out var json, out var error))
            return new ReviewBody.Refused(400, $"the body is no JSON: {error}");
        return json is JsonObject review ? new ReviewBody.Accepted(review) : new ReviewBody.Refused(400, "the body is no JSON object");
    }

    private static bool IsJson(string? contentType)
    {
        var mediaType = contentType?.Split(';', 2)[0].Trim();
        return string.Equals(mediaType, "application/json", StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadLimitedAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        while (true)
        {
            var read = await body.ReadAsync(buffer.GetMemory(16 * 1024), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > maxBytes)
                return null;
        }
    }
}
