using System.Text.Json.Nodes;
using Isthmus.Cli.Local;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Cli.Demo;

/// <summary>The story: mode 1 of the mesh on two clusters, from joining to another root.</summary>
internal sealed class DemoStory(DemoEnvironment environment)
{
    private const string ExportLabel = "isthmus.dev/export";

    private readonly DemoSight _sight = new(environment);
    private readonly DemoRotation _rotation = new(environment);

    public IReadOnlyList<DemoStep> Steps() =>
    [
        new("trust", "the intermediate CA comes out of the vault into both clusters", "OnCertificateChanged", IssueAsync, _sight.TrustedAsync),
        new("join", "both clusters join by the mesh document, and get their webhooks", "OnClusterChanged", JoinAsync, _sight.JoinedAsync),
        new("inject", "a Pod created in a labelled namespace comes out with Istio's containers", "InjectSidecar", CreatePodsAsync, _sight.InjectedAsync),
        new("export", "a Service exported in west can be called from east", "NotifyChange", token => LabelAsync("true", token), _sight.ExportedAsync),
        new("withdraw", "withdrawn, it leaves nothing behind", "NotifyChange", token => LabelAsync(null, token), _sight.WithdrawnAsync),
        new("renew", "the CA renewed in the vault replaces the old one in both clusters", "OnCertificateChanged", IssueAsync, _sight.RenewedAsync),
        new("rotate", "another root comes into both clusters by stages, and the old one leaves", "OnCertificateChanged", _rotation.RotateAsync, RotatedAsync),
        new("settle", "no event is left over, and another run would change nothing", "MeshPlan", environment.Events.IdleAsync, _sight.SettledAsync),
    ];

    private async Task<Observation> RotatedAsync(CancellationToken cancellationToken) =>
        Observation.Of(true, [.. _rotation.Seen]).And(await _sight.RotatedAsync(cancellationToken));

    private Task JoinAsync(CancellationToken cancellationToken) =>
        LocalFunctions.AnnounceClustersAsync(environment.Functions.Services, cancellationToken);

    private Task IssueAsync(CancellationToken cancellationToken)
    {
        environment.IssueIntermediate();
        return Task.CompletedTask;
    }

    private async Task CreatePodsAsync(CancellationToken cancellationToken)
    {
        foreach (var cluster in environment.Clusters)
        {
            await cluster.Api.CreateAsync(ResourceKind.Pod, Pod("shop"), cancellationToken);
            await cluster.Api.CreateAsync(ResourceKind.Pod, Pod("default"), cancellationToken);
        }
    }

    private static JsonObject Pod(string ns) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = "reviews-1", ["namespace"] = ns, ["labels"] = new JsonObject { ["app"] = "reviews" } },
        ["spec"] = new JsonObject
        {
            ["serviceAccountName"] = ns == "shop" ? "reviews" : "default",
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "reviews",
                ["image"] = "example.com/reviews:1",
                ["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 9080 }),
            }),
        },
    };

    private async Task LabelAsync(string? value, CancellationToken cancellationToken)
    {
        while (!await TryLabelAsync(value, cancellationToken))
        {
            // Somebody else wrote in between, as Isthmus itself does when it claims an address: read again.
        }
    }

    private async Task<bool> TryLabelAsync(string? value, CancellationToken cancellationToken)
    {
        var west = environment.Cluster("west").Api;
        var service = await west.GetAsync(ResourceKind.Service, "shop", "reviews", cancellationToken)
            ?? throw new InvalidOperationException("The Service reviews is missing.");
        var labels = service["metadata"]?["labels"] as JsonObject ?? throw new InvalidOperationException("The Service reviews has no labels.");
        if (value is null)
            labels.Remove(ExportLabel);
        else
            labels[ExportLabel] = value;
        try
        {
            await west.ReplaceAsync(ResourceKind.Service, service, cancellationToken);
            return true;
        }
        catch (ClusterApiException conflict) when (conflict.IsConflict)
        {
            return false;
        }
    }
}
