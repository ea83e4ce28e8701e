using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.DependencyInjection;

namespace Isthmus.Cli.Demo;

/// <summary>
/// Another root comes in by stages. There is no istiod in the demo, so it tells what one would have loaded, and states that all
/// workloads were restarted: nobody waits two days for certificates to run out.
/// </summary>
internal sealed class DemoRotation(DemoEnvironment environment)
{
    private static readonly ObjectPlace Published = new(ResourceKind.ConfigMap, "istio-ca-root-cert");
    private static readonly ObjectPlace Certificates = new(ResourceKind.Secret, "cacerts");

    private readonly List<string> _seen = [];

    /// <summary>The stages that were gone through, or why one could not be.</summary>
    public IReadOnlyList<string> Seen => _seen;

    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        environment.ReplaceRoot();
        await environment.Events.IdleAsync(cancellationToken);
        await OrderAsync((mesh, trust, seen) => TrustOrders.Rotate(mesh, trust, seen, []), cancellationToken);
        for (var stage = 0; stage < 2; stage++)
        {
            await PublishAsync(cancellationToken);
            // The event leads to a look, and the look writes down that istiod has loaded the stage.
            environment.Vault.RaiseExpiry(DemoEnvironment.CertificateName, "NearExpiry");
            await environment.Events.IdleAsync(cancellationToken);
            await OrderAsync((mesh, trust, seen) => TrustOrders.State(mesh, trust, seen, TrustClaim.WorkloadsRestarted), cancellationToken);
        }

        await PublishAsync(cancellationToken);
    }

    private async Task OrderAsync(Func<MeshDocument, TrustSettings, MeshTrustSnapshot, TrustOrderResult> make, CancellationToken cancellationToken)
    {
        var trust = environment.Functions.Services.GetRequiredService<TrustReconciler>();
        var (order, refusal) = await trust.PrepareAsync(make, cancellationToken);
        if (refusal is not null)
        {
            _seen.Add(refusal);
            return;
        }

        await trust.RunAsync(order, cancellationToken);
        var look = await trust.StatusAsync(cancellationToken);
        _seen.Add(look.Status is { } status ? TrustSummary.Line(status) : "no trust is set up");
    }

    /// <summary>What istiod does once it has loaded its Secret.</summary>
    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        foreach (var cluster in environment.Clusters)
        {
            var secret = await FindAsync(cluster, Certificates, cancellationToken) ?? throw new InvalidOperationException("cacerts is missing.");
            var data = new JsonObject { ["root-cert.pem"] = Encoding.UTF8.GetString(Convert.FromBase64String(ObjectMetadata.TextOf(secret["data"]?["root-cert.pem"]) ?? "")) };
            if (await FindAsync(cluster, Published, cancellationToken) is { } live)
            {
                live["data"] = data;
                await cluster.Api.ReplaceAsync(ResourceKind.ConfigMap, live, cancellationToken);
                continue;
            }

            await cluster.Api.CreateAsync(
                ResourceKind.ConfigMap,
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "ConfigMap",
                    ["metadata"] = new JsonObject { ["name"] = Published.Name, ["namespace"] = SystemNamespaces.Istio },
                    ["data"] = data,
                },
                cancellationToken);
        }
    }

    private static Task<JsonObject?> FindAsync(DemoCluster cluster, ObjectPlace place, CancellationToken cancellationToken) =>
        cluster.Api.GetAsync(place.Kind, SystemNamespaces.Istio, place.Name, cancellationToken);

    private readonly record struct ObjectPlace(ResourceKind Kind, string Name);
}
