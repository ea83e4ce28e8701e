using Isthmus.Core.Mesh;

namespace Isthmus.Benchmarks.Federation;

/// <summary>Counts what a runner sends to its clusters, and the bytes that come back.</summary>
internal sealed class CountedRequests
{
    private int _reads;
    private int _writes;
    private long _bytes;

    public (int Reads, int Writes, long Bytes) Counts => (_reads, _writes, _bytes);

    public DelegatingHandler Handler(ClusterName cluster) => new Counter(this);

    public void Reset() => (_reads, _writes, _bytes) = (0, 0, 0);

    private sealed class Counter(CountedRequests counts) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref request.Method == HttpMethod.Get ? ref counts._reads : ref counts._writes);
            var answer = await base.SendAsync(request, cancellationToken);
            Interlocked.Add(ref counts._bytes, answer.Content.Headers.ContentLength ?? 0);
            return answer;
        }
    }
}
