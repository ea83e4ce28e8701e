using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>A run about several services ends where runs about each of them would, at a fraction of the requests.</summary>
public sealed partial class ServicesTogetherTests
{
    private static readonly string[] Names = ["reviews", "ratings", "details", "products", "orders"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_services_together_end_as_each_by_itself_does()
    {
        await using var single = await EmbeddedMesh.StartAsync();
        await using var together = await EmbeddedMesh.StartAsync();
        foreach (var mesh in new[] { single, together })
        {
            await mesh.ExportAsync("east", "reviews");
            await mesh.ExportAsync("west", "reviews");
            await mesh.ExportAsync("west", "ratings");
            // Its ports differ, so that it is left out.
            await mesh.ExportAsync("north", "details");
            await mesh.ExportAsync("east", "details", port: 80);
            await mesh.ExportAsync("north", "products");
        }

        var (costs, cost) = await BothAsync(single, together);
        Assert.True(cost < costs * 2 / 3, $"{cost} requests together, {costs} one by one");
        foreach (var mesh in new[] { single, together })
        {
            await mesh.UnexportAsync("west", "ratings");
            await mesh.DeleteServiceAsync("north", "products");
            await mesh.ExportAsync("north", "orders");
            await mesh.UnexportAsync("north", "details");
        }

        await BothAsync(single, together);
    }

    [Fact]
    public async Task What_a_server_refuses_for_one_service_fails_that_one_alone()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west", "reviews");
        await mesh.ExportAsync("west", "ratings");
        var requests = new WatchedRequests
        {
            Answer = (_, request) => request.Method == HttpMethod.Post && request.RequestUri?.AbsolutePath.EndsWith("/serviceentries", StringComparison.Ordinal) == true
                && request.Content?.ReadAsStringAsync().GetAwaiter().GetResult().Contains("ratings", StringComparison.Ordinal) == true
                    ? new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent("""{"kind":"Status","reason":"Forbidden","message":"may not"}""") }
                    : null,
        };

        var report = await mesh.Services(requests).RunAsync([new ServiceName("shop", "reviews"), new ServiceName("shop", "ratings")], Cancel);

        Assert.False(report.Of(new ServiceName("shop", "ratings")).Succeeded);
        var reviews = report.Of(new ServiceName("shop", "reviews"));
        Assert.True(reviews.Succeeded, string.Join("; ", reviews.Failures));
        Assert.NotNull(await mesh.EntryAsync("east"));
    }

    /// <summary>How many requests the runs one by one took, and how many the run of all.</summary>
    private static async Task<(int Single, int Together)> BothAsync(EmbeddedMesh single, EmbeddedMesh together)
    {
        var counted = new WatchedRequests();
        foreach (var name in Names)
            Assert.True((await single.Services(counted).RunAsync(new ServiceName("shop", name), null, Cancel)).Succeeded);
        var all = new WatchedRequests();
        var report = await together.Services(all).RunAsync([.. Names.Select(name => new ServiceName("shop", name))], Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Equal(Timeless(await single.StateAsync()), Timeless(await together.StateAsync()));
        var again = new WatchedRequests();
        await together.Services(again).RunAsync([.. Names.Select(name => new ServiceName("shop", name))], Cancel);
        Assert.Equal(0, again.Writes);
        return (counted.Sent.Count, all.Sent.Count);
    }

    private static string Timeless(string state) => Times().Replace(state, "(time)");

    [GeneratedRegex(@"20\d\d-\d\d-\d\dT[0-9:.]+Z")]
    private static partial Regex Times();
}
