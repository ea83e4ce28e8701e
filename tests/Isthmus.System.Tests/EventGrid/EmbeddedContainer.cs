using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;

namespace Isthmus.System.Tests.EventGrid;

/// <summary>A container of blobs as the storage SDK's own client talks to it: lists, reads, and writes and deletes under the ETag that was read.</summary>
internal sealed class EmbeddedContainer : HttpMessageHandler
{
    private readonly SortedDictionary<string, (string Text, int Version, DateTimeOffset Written)> _blobs = new(StringComparer.Ordinal);

    public List<string> Requests { get; } = [];

    /// <summary>Called before each write, as somebody who is faster.</summary>
    public Action? BeforeWrite { get; set; }

    public bool Refuses { get; set; }

    public IReadOnlyList<string> Names => [.. _blobs.Keys];

    public string this[string name] => _blobs[name].Text;

    public void Put(string name, string text, DateTimeOffset written) =>
        _blobs[name] = (text, _blobs.TryGetValue(name, out var old) ? old.Version + 1 : 1, written);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri ?? throw new InvalidOperationException("no address");
        Requests.Add($"{request.Method} {uri.AbsolutePath}");
        if (Refuses || request.Headers.Authorization?.ToString() != "Bearer token")
            return Error(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch");
        if (uri.Query.Contains("comp=list", StringComparison.Ordinal))
            return List();
        var name = Uri.UnescapeDataString(uri.AbsolutePath)["/dead/".Length..];
        if (!_blobs.TryGetValue(name, out var blob))
            return Error(HttpStatusCode.NotFound, "BlobNotFound");
        if (request.Method == HttpMethod.Get)
            return With(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(blob.Text, Encoding.UTF8, "application/json") }, blob.Version, blob.Written);
        BeforeWrite?.Invoke();
        blob = _blobs[name];
        if (request.Headers.IfMatch.Single().Tag != Tag(blob.Version))
            return Error(HttpStatusCode.PreconditionFailed, "ConditionNotMet");
        if (request.Method == HttpMethod.Delete)
        {
            _blobs.Remove(name);
            return new HttpResponseMessage(HttpStatusCode.Accepted);
        }

        Put(name, request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken), blob.Written);
        return With(new HttpResponseMessage(HttpStatusCode.Created) { Content = new ByteArrayContent([]) }, _blobs[name].Version, blob.Written);
    }

    private HttpResponseMessage List()
    {
        var blobs = _blobs.Select(blob => new XElement(
            "Blob",
            new XElement("Name", blob.Key),
            new XElement(
                "Properties",
                new XElement("Last-Modified", blob.Value.Written.ToString("R", CultureInfo.InvariantCulture)),
                new XElement("Etag", Tag(blob.Value.Version)),
                new XElement("BlobType", "BlockBlob"))));
        var xml = new XElement("EnumerationResults", new XAttribute("ContainerName", "dead"), new XElement("Blobs", blobs), new XElement("NextMarker"));
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(xml.ToString(), Encoding.UTF8, "application/xml") };
    }

    private static string Tag(int version) => $"\"0x{version:X}\"";

    private static HttpResponseMessage With(HttpResponseMessage response, int version, DateTimeOffset written)
    {
        response.Headers.ETag = new EntityTagHeaderValue(Tag(version));
        response.Headers.Add("x-ms-blob-type", "BlockBlob");
        response.Content.Headers.LastModified = written;
        return response;
    }

    private static HttpResponseMessage Error(HttpStatusCode status, string code)
    {
        var response = new HttpResponseMessage(status);
        response.Headers.Add("x-ms-error-code", code);
        return response;
    }
}
