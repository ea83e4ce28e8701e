using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.System.Tests.Clusters;
using Isthmus.System.Tests.Reconcilers;
using k8s;
using Xunit;

namespace Isthmus.System.Tests.Kubernetes;

/// <summary>Between reading and writing a Service somebody deletes it and makes it anew: that is a conflict, whatever the server calls it.</summary>
public sealed class ReplacedObjectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_that_was_made_anew_is_not_written_over_and_is_read_again()
    {
        await using var clusters = await ClusterFixture.StartAsync();
        var api = clusters.East.Api;
        await api.CreateAsync(ResourceKind.Namespace, Object("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}"""), Cancel);
        var read = await api.CreateAsync(ResourceKind.Service, Service(), Cancel);
        await api.DeleteAsync(ResourceKind.Service, read, Cancel);
        await api.CreateAsync(ResourceKind.Service, Service(), Cancel);

        var refusal = await Assert.ThrowsAsync<ClusterApiException>(() => api.ReplaceAsync(ResourceKind.Service, read, Cancel));

        Assert.True(refusal.IsConflict, refusal.Message);
    }

    /// <summary>The API server of Kubernetes 1.20 wrote this one.</summary>
    [Theory]
    [InlineData("metadata.uid", true)]
    [InlineData("metadata.name", false)]
    public async Task What_is_invalid_since_it_is_another_object_is_a_conflict(string field, bool isConflict)
    {
        var server = new WatchedRequests
        {
            Answer = (_, _) => new HttpResponseMessage(HttpStatusCode.UnprocessableEntity)
            {
                Content = new StringContent(
                    $$"""
                    {"kind":"Status","apiVersion":"v1","status":"Failure","message":"Service \"reviews\" is invalid","reason":"Invalid","code":422,
                     "details":{"name":"reviews","kind":"Service","causes":[{"reason":"FieldValueInvalid","message":"field is immutable","field":"{{field}}"}] } }
                    """,
                    Encoding.UTF8,
                    "application/json"),
            },
        };
        using var api = new ClusterApi(
            new ClusterName("east"), new KubernetesClientConfiguration { Host = "https://127.0.0.1:1" }, new ClusterApiOptions { Handler = server.Handler }, TimeProvider.System);
        var refusal = await Assert.ThrowsAsync<ClusterApiException>(() => api.ReplaceAsync(ResourceKind.Service, Service(), Cancel));
        Assert.Equal((422, isConflict), (refusal.Status, refusal.IsConflict));
    }

    private static JsonObject Service() => Object("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"reviews","namespace":"shop"},"spec":{"ports":[{"port":80}]}}""");

    private static JsonObject Object(string json) => JsonNode.Parse(json) as JsonObject ?? [];
}
