using System.Net;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Runtime.Arm;
using Xunit;

namespace Isthmus.System.Tests.PrivateDns;

/// <summary>The ways in which Resource Manager says that a request goes on, as its contract for providers has them.</summary>
public sealed class ArmOperationTests
{
    private const string Zone = "/subscriptions/s/resourceGroups/mesh/providers/Microsoft.Network/privateDnsZones/shop.global";
    private const string Result = "https://management.azure.com/subscriptions/s/providers/Microsoft.Network/privateDnsOperationResults/1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.Created)]
    [InlineData(HttpStatusCode.Accepted)]
    public async Task A_resource_in_the_making_is_waited_for_at_the_location_that_it_comes_with(HttpStatusCode first)
    {
        using var arm = new Scripted((first, Result), (HttpStatusCode.Accepted, Result), (HttpStatusCode.OK, null));

        await Client(arm).PutAsync(Zone, "2020-06-01", new JsonObject { ["location"] = "global" }, null, Cancellation);

        Assert.Equal([$"PUT {Zone}", "GET /subscriptions/s/providers/Microsoft.Network/privateDnsOperationResults/1", "GET /subscriptions/s/providers/Microsoft.Network/privateDnsOperationResults/1"], arm.Asked);
    }

    [Fact]
    public async Task A_resource_that_is_there_at_once_is_not_asked_for_again()
    {
        using var arm = new Scripted((HttpStatusCode.Created, null));

        await Client(arm).PutAsync($"{Zone}/A/reviews", "2020-06-01", [], null, Cancellation);

        Assert.Equal([$"PUT {Zone}/A/reviews"], arm.Asked);
    }

    private static ArmClient Client(HttpMessageHandler arm) =>
        new(DelegatedTokenCredential.Create((_, _) => new AccessToken("", DateTimeOffset.MaxValue)), TimeProvider.System, new HttpClientTransport(arm));

    /// <summary>Answers one after the other, each with where to look next.</summary>
    private sealed class Scripted(params (HttpStatusCode Status, string? Location)[] answers) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, location) = answers[Asked.Count];
            Asked.Add($"{request.Method} {request.RequestUri?.AbsolutePath}");
            var answer = new HttpResponseMessage(status) { Content = new StringContent("""{"properties": {"provisioningState": "Succeeded"}}""") };
            answer.Headers.Add("Retry-After", "0");
            if (location is not null)
                answer.Headers.Add("Location", location);
            return Task.FromResult(answer);
        }
    }
}
