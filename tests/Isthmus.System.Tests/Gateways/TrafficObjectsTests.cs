using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.System.Tests.Reconcilers;
using Isthmus.Tests;
using Xunit;

namespace Isthmus.System.Tests.Gateways;

/// <summary>What the annotations make of a name's objects, against Istio's own definitions.</summary>
public sealed class TrafficObjectsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FederationNames.TrafficAnnotation, "failover")]
    [InlineData(FederationNames.TrafficAnnotation, "active-passive")]
    [InlineData(FederationNames.OnLossAnnotation, "withdraw")]
    public async Task Istios_own_definitions_accept_every_policy_and_prune_nothing_of_it(string annotation, string value)
    {
        if (Repository.Shared is not { } shared)
        {
            Assert.Skip("the shared folder with Istio's definitions is not beside the checkout");
            return;
        }

        var definitions = Yaml.ReadAll(await File.ReadAllTextAsync(Path.Combine(shared, "istio", "crds", "istio-1.26.0.yaml"), Cancel)).OfType<JsonObject>()
            .Where(definition => ObjectMetadata.TextOf(definition["spec"]?["group"]) == "networking.istio.io").ToList();
        await using var mesh = await EmbeddedMesh.StartAsync(definitions);
        await mesh.WriteDocumentAsync(document => document.Replace("network: n-east,", "network: n-east, region: eu/eu-1,", StringComparison.Ordinal)
            .Replace("network: n-north,", "network: n-north, region: eu/eu-2,", StringComparison.Ordinal)
            .Replace("network: n-west,", "network: n-west, region: us,", StringComparison.Ordinal));
        string[] exporters = annotation == FederationNames.OnLossAnnotation ? ["west"] : ["east", "north", "west"];
        foreach (var cluster in exporters)
        {
            await mesh.ExportAsync(cluster);
            await mesh.ChangeServiceAsync(cluster, "reviews", service => (service["metadata"] as JsonObject ?? [])["annotations"] = new JsonObject { [annotation] = value });
        }

        var report = await mesh.Resync().RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        // What was pruned would be planned again and again.
        Assert.Empty((await mesh.Resync().PlanAsync(Cancel)).Changes);
        var rule = await mesh.FindAsync("east", ResourceKind.DestinationRule, "isthmus-system", EmbeddedMesh.Host);
        var localities = Assert.IsType<JsonObject>(rule?["spec"]?["trafficPolicy"]?["portLevelSettings"]?[0]?["loadBalancer"]?["localityLbSetting"]);
        var entry = Assert.IsType<JsonObject>((await mesh.EntryAsync("east"))?["spec"]);
        if (annotation == FederationNames.OnLossAnnotation)
            Assert.Equal(("STATIC", true), (ObjectMetadata.TextOf(entry["resolution"]), entry["workloadSelector"] is JsonObject));
        else
            Assert.Equal("""[{"from":"","to":"eu"},{"from":"eu","to":"failover-1"}]""", localities["failover"]?.ToJsonString());
    }
}
