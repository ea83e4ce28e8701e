using Isthmus.Cli.Local;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Endpoints;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Cli.Endpoints;

/// <summary>Answers from live clusters. One out of reach is told and makes the exit code 1; the answer then lacks its endpoints.</summary>
internal sealed class LiveEndpointsRun(TextWriter output, TextWriter errors)
{
    public async Task<int> RunAsync(LiveRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await AnswerAsync(request, cancellationToken);
        }
        catch (Exception fault) when (CommandOptions.IsUsers(fault) || fault is ClusterUnreachableException or ClusterApiException)
        {
            return CommandOptions.Fail(fault, errors);
        }
    }

    private async Task<int> AnswerAsync(LiveRequest request, CancellationToken cancellationToken)
    {
        var documents = CommandOptions.Documents(request.Mesh);
        var mesh = await documents.ReadAsync(cancellationToken);
        var cluster = CommandOptions.Clusters(mesh, [request.Cluster])[0];
        var (name, service) = HostText.Read(request, mesh, cluster);
        using var connections = new ClusterConnections(documents, new ClusterApiOptions(), TimeProvider.System, CommandOptions.Azure.Arm, CommandOptions.Azure.Access);
        var observer = new ServiceObserver(connections);
        var proxy = await ProxyAsync(observer, request, cluster, cancellationToken);
        var observed = await observer.ReadAsync(mesh, cluster, service, cancellationToken);
        foreach (var failure in observed.Failures) await errors.WriteLineAsync($"The answer is not whole: {failure}");
        if (LiveSnapshot.Make(name, observed.Views, observed.Policies, proxy, request.Compatibility, out var reason) is not { } given)
            throw new UsageException($"{reason}.");
        var (gateways, unresolved) = await GatewayNames.ResolveAsync(given.Gateways, cancellationToken);
        foreach (var host in unresolved) await errors.WriteLineAsync($"The gateway {host} does not resolve here, so it is left out.");
        var snapshot = given.With(gateways);
        if (snapshot.Endpoints.Count == 0) await errors.WriteLineAsync($"{name.Host} has no endpoints: no EndpointSlice of the Service holds an address.");
        foreach (var line in request.Explain ? EndpointsText.Explain(snapshot) : [EndpointsText.Answer(snapshot)]) await output.WriteLineAsync(line);
        return observed.Failures.Count == 0 ? 0 : 1;
    }

    private static async Task<EndpointProxy> ProxyAsync(ServiceObserver observer, LiveRequest request, MeshCluster cluster, CancellationToken cancellationToken)
    {
        if (request.Proxy is not { } text) return new EndpointProxy { Network = cluster.Network.Value, Cluster = cluster.Name.Value, Locality = cluster.Locality ?? "" };
        if (text.Split('/') is not [{ Length: > 0 } ns, { Length: > 0 } pod]) throw new UsageException($"--proxy '{text}': write NAMESPACE/POD.");
        var (found, nodes) = await observer.PodAsync(cluster, ns, pod, cancellationToken) ?? throw new UsageException($"--proxy {text}: cluster {cluster.Name} has no such pod.");
        return PodProxy.Read(found, nodes, cluster.Name.Value) ?? throw new UsageException($"--proxy {text}: the pod has no container istio-proxy, so it is no proxy.");
    }
}
