using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Webhooks;
using Isthmus.System.Tests.Functions;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Endpoints;

/// <summary>A proxy that asks a function host for endpoints, as Envoy does through the relay.</summary>
internal sealed class DiscoveryClient(FunctionsHost host)
{
    public static async Task<FunctionsHost> HostAsync(ServedMesh mesh)
    {
        var folder = Path.GetDirectoryName(mesh.DocumentPath) ?? "";
        var document = await File.ReadAllTextAsync(mesh.DocumentPath, TestContext.Current.CancellationToken);
        return await FunctionsHost.StartAsync(document.Replace("kubeconfig: ", $"kubeconfig: {folder}/", StringComparison.Ordinal));
    }

    public static JsonObject Request(string cluster, string[] names, string version = "", string network = "n1", string? clusterId = null) => new()
    {
        ["version_info"] = version,
        ["node"] = new JsonObject
        {
            ["id"] = "sidecar~10.1.0.7~client.web~web.svc.cluster.local",
            ["cluster"] = "client.web",
            ["metadata"] = new JsonObject { ["NETWORK"] = network, ["CLUSTER_ID"] = clusterId ?? cluster, ["NAMESPACE"] = "web" },
        },
        ["resource_names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
        ["type_url"] = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
    };

    public async Task<(HttpStatusCode Status, string Text)> PostAsync(string body, string cluster = "east", string? token = null, string type = "application/json")
    {
        token ??= FunctionsHost.Token(cluster, WebhookPurpose.Endpoints);
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await host.Client.PostAsync($"/api/clusters/{cluster}/{token}/v3/discovery:endpoints", content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<JsonObject> AskAsync(string cluster = "east", string network = "n1", params string[] names)
    {
        var (status, text) = await PostAsync(Request(cluster, names.Length == 0 ? [SplitMesh.Cluster] : names, network: network).ToJsonString(), cluster);
        Assert.True(status == HttpStatusCode.OK, $"{status}: {text}");
        return JsonNode.Parse(text)?.AsObject() ?? throw new InvalidDataException(text);
    }

    /// <summary>Asks as long as the answer is another one.</summary>
    public async Task AskUntilAsync(string expected, string name = SplitMesh.Cluster, string cluster = "east", string network = "n1")
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var last = "";
        while (!patience.IsCancellationRequested)
        {
            last = Addresses(await AskAsync(cluster, network, name));
            if (last == expected)
                return;
        }

        Assert.Equal(expected, last);
    }

    /// <summary>The addresses of an answer with their weights, assignment by assignment.</summary>
    public static string Addresses(JsonObject response) => string.Join("; ", (response["resources"] as JsonArray ?? []).OfType<JsonObject>().Select(assignment => string.Join(' ',
        (assignment["endpoints"] as JsonArray ?? []).SelectMany(group => group?["lbEndpoints"]?.AsArray() ?? [])
            .Select(endpoint => $"{endpoint?["endpoint"]?["address"]?["socketAddress"]?["address"]}={endpoint?["loadBalancingWeight"]}").Order(StringComparer.Ordinal))));
}
