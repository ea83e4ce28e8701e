using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>The write that an event told of: it may not have landed yet when the event arrives.</summary>
/// <param name="Cluster">Where it happens.</param>
/// <param name="Operation">CREATE, UPDATE or DELETE.</param>
/// <param name="Uid">The object's uid; null on CREATE.</param>
/// <param name="OldResourceVersion">The resourceVersion before the write; null on CREATE.</param>
public sealed record ExpectedWrite(ClusterName Cluster, string Operation, string? Uid, string? OldResourceVersion)
{
    /// <summary>The kind of the object: Service, ServiceExport or EndpointSlice.</summary>
    public string Kind { get; init; } = ResourceKind.Service.Kind;

    /// <summary>The object's name; null: the service's own.</summary>
    public string? Name { get; init; }
}

/// <summary>Brings services' global names in order in all clusters, each by itself or several in one run.</summary>
public sealed class ServiceReconciler(IMeshDocumentSource documents, ClusterConnections connections, ReconcilerOptions options, TimeProvider time, ResolvedHosts? hosts = null)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private readonly FederationRun _federation = new(connections, options, hosts ?? ResolvedHosts.ByDns(time), time);
    private readonly MirrorRun _mirrors = new(connections, options);

    /// <summary>
    /// Waits a little for a write that an event told of. A cluster that does not answer is not waited for: the run that follows says so.
    /// </summary>
    public async Task AwaitAsync(ServiceName service, ExpectedWrite write, CancellationToken cancellationToken)
    {
        // Without a word on the object before the write there is nothing to tell it by: whatever is there has landed.
        if (write is { Operation: "UPDATE", Uid: null, OldResourceVersion: null })
            return;
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (mesh.Find(write.Cluster) is { } cluster)
            await new RunState().TryAsync(cluster.Name, () => AwaitWriteAsync(connections.Get(cluster), service, write, cancellationToken)).ConfigureAwait(false);
    }

    /// <param name="service">The service to look at; nothing is done on the strength of the event itself.</param>
    /// <param name="write">The write to wait for a little, since events are published before it is stored; null: look at once.</param>
    public async Task<RunReport> RunAsync(ServiceName service, ExpectedWrite? write, CancellationToken cancellationToken)
    {
        if (write is not null)
            await AwaitAsync(service, write, cancellationToken).ConfigureAwait(false);
        return await RunAsync([service], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Several services at once: what they share (the DNS file, a namespace's Gateway) is read and written once, where runs beside each other
    /// would meet there and begin again.
    /// </summary>
    public async Task<RunReport> RunAsync(IReadOnlyList<ServiceName> services, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var state = new RunState();
        return await new ReconcileLoop(connections, time)
            .RunAsync(mesh, state, options.EventBudget, isDryRun: false, token => PlanAsync(mesh, services, state, token), cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<Plan> PlanAsync(MeshDocument mesh, IReadOnlyList<ServiceName> services, RunState state, CancellationToken cancellationToken)
    {
        var names = await _federation.PlanAsync(mesh, services, state, cancellationToken).ConfigureAwait(false);
        return names.With(await _mirrors.PlanAsync(mesh, services, state, cancellationToken).ConfigureAwait(false)).WithoutRepeats();
    }

    // The write may have been refused after us, so after a while we go by what is there.
    private async Task<ClusterApi> AwaitWriteAsync(ClusterApi api, ServiceName service, ExpectedWrite write, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!await HasLandedAsync(api, service, write, cancellationToken).ConfigureAwait(false) && time.GetElapsedTime(start) < options.OvertakenWrite)
            await Task.Delay(LookAgain, time, cancellationToken).ConfigureAwait(false);
        return api;
    }

    private static async Task<bool> HasLandedAsync(ClusterApi api, ServiceName service, ExpectedWrite write, CancellationToken cancellationToken)
    {
        if (await KindAsync(api, write.Kind, cancellationToken).ConfigureAwait(false) is not { } kind)
            return true;
        var live = await api.GetAsync(kind, service.Namespace, write.Name ?? service.Name, cancellationToken).ConfigureAwait(false);
        return write.Operation switch
        {
            "CREATE" => live is not null,
            "UPDATE" => live is null || live.Uid() != write.Uid || live.ResourceVersion() != write.OldResourceVersion,
            "DELETE" => live is null || live.Uid() != write.Uid || live.IsTerminating(),
            _ => true,
        };
    }

    private static async Task<ResourceKind?> KindAsync(ClusterApi api, string kind, CancellationToken cancellationToken)
    {
        if (kind == ResourceKind.ServiceExport.Kind)
            return await api.ServedAsync(ResourceKind.ServiceExport, FederationNames.ServiceExportVersions, cancellationToken).ConfigureAwait(false);
        return kind == ResourceKind.EndpointSlice.Kind ? ResourceKind.EndpointSlice : kind == ResourceKind.Service.Kind ? ResourceKind.Service : null;
    }
}
