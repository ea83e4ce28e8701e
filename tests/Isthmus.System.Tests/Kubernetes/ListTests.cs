using System.Net;
using System.Text;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.System.Tests.Reconcilers;
using k8s;
using Xunit;

namespace Isthmus.System.Tests.Kubernetes;

/// <summary>Lists of several pages. A planner takes what a list lacks for gone, so half a list is worse than none.</summary>
public sealed class ListTests
{
    private const string First = """{"metadata":{"continue":"more"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}""";
    private const string Second = """{"metadata":{},"items":[{"metadata":{"name":"c"}}]}""";
    private const string Expired = """{"kind":"Status","code":410,"reason":"Expired","message":"The provided continue parameter is too old."}""";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_list_whose_next_page_expires_begins_again_and_is_whole(int expiries)
    {
        var (names, sent) = await ListAsync(expiries);

        Assert.Equal(["a", "b", "c"], names);
        Assert.Equal(2 * (expiries + 1), sent);
    }

    [Fact]
    public async Task A_list_that_never_gets_to_its_end_is_a_failure_and_not_an_empty_list()
    {
        var failure = await Assert.ThrowsAsync<ClusterApiException>(() => ListAsync(int.MaxValue));

        Assert.Equal(410, failure.Status);
    }

    private static async Task<(IEnumerable<string> Names, int Sent)> ListAsync(int expiries)
    {
        var left = expiries;
        var server = new WatchedRequests
        {
            Answer = (_, request) => request.RequestUri?.Query.Contains("continue=more", StringComparison.Ordinal) != true
                ? Answered(HttpStatusCode.OK, First)
                : left-- > 0 ? Answered(HttpStatusCode.Gone, Expired) : Answered(HttpStatusCode.OK, Second),
        };
        using var api = new ClusterApi(
            new ClusterName("east"),
            new KubernetesClientConfiguration { Host = "https://127.0.0.1:1" },
            new ClusterApiOptions { Handler = server.Handler },
            TimeProvider.System);
        var items = await api.ListAsync(ResourceKind.ConfigMap, "shop", null, null, TestContext.Current.CancellationToken);
        return (items.Select(item => item.Name()), server.Sent.Count);
    }

    private static HttpResponseMessage Answered(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
