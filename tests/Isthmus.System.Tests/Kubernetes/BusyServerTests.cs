using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.System.Tests.Reconcilers;
using k8s;
using Xunit;

namespace Isthmus.System.Tests.Kubernetes;

/// <summary>A server that has too much to do turns requests away (429, API priority and fairness), and says when to come again.</summary>
public sealed class BusyServerTests
{
    private const string Busy = """{"kind":"Status","code":429,"reason":"TooManyRequests","message":"Too many requests, please try again later."}""";

    [Theory]
    [InlineData(false, 2, null)]
    [InlineData(false, 2, 0)]
    [InlineData(true, 2, null)]
    [InlineData(true, 2, 0)]
    public async Task What_was_turned_away_is_sent_again_for_it_was_not_carried_out(bool isWrite, int times, int? retryAfter)
    {
        var (status, sent) = await AskAsync(isWrite, times, HttpStatusCode.TooManyRequests, retryAfter);
        Assert.Equal((0, times + 1), (status, sent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_server_says_how_long_and_what_is_too_long_is_left_to_the_next_run(bool isWrite)
    {
        var (status, sent) = await AskAsync(isWrite, int.MaxValue, HttpStatusCode.TooManyRequests, 60);
        Assert.Equal((429, 1), (status, sent));
    }

    [Fact]
    public async Task A_write_that_may_have_landed_is_not_sent_again()
    {
        var (status, sent) = await AskAsync(isWrite: true, int.MaxValue, HttpStatusCode.ServiceUnavailable, 0);
        Assert.Equal((503, 1), (status, sent));
    }

    private static async Task<(int Status, int Sent)> AskAsync(bool isWrite, int times, HttpStatusCode status, int? retryAfter)
    {
        var server = new WatchedRequests { Answer = (_, _) => times-- > 0 ? Refused(status, retryAfter) : Answered(HttpStatusCode.OK, "{}") };
        using var api = new ClusterApi(
            new ClusterName("east"),
            new KubernetesClientConfiguration { Host = "https://127.0.0.1:1" },
            new ClusterApiOptions { Handler = server.Handler },
            TimeProvider.System);
        try
        {
            if (isWrite)
                await api.CreateAsync(ResourceKind.Namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a" } }, TestContext.Current.CancellationToken);
            else
                await api.GetAsync(ResourceKind.Namespace, null, "a", TestContext.Current.CancellationToken);
            return (0, server.Sent.Count);
        }
        catch (ClusterApiException refusal)
        {
            return (refusal.Status, server.Sent.Count);
        }
    }

    private static HttpResponseMessage Refused(HttpStatusCode status, int? retryAfter)
    {
        var answer = Answered(status, Busy);
        if (retryAfter is { } seconds)
            answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        return answer;
    }

    private static HttpResponseMessage Answered(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
