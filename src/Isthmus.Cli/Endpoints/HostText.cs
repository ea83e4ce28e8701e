using Isthmus.Cli.Local;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Mesh;

namespace Isthmus.Cli.Endpoints;

/// <summary>Reads which service port a user means.</summary>
internal static class HostText
{
    /// <summary>Throws <see cref="UsageException"/> where that cannot be told, or is no Service of a cluster.</summary>
    public static (EnvoyClusterName Name, ServiceName Service) Read(LiveRequest request, MeshDocument mesh, MeshCluster cluster)
    {
        if (!EnvoyClusterName.TryParse(request.Host, out var name))
        {
            if (request.Host.Contains('|', StringComparison.Ordinal)) throw new UsageException($"'{request.Host}' is not outbound|PORT|SUBSET|HOST.");
            var port = request.Port ?? throw new UsageException("--port is missing: the number of the Service's port.");
            name = new EnvoyClusterName(port, request.Subset ?? "", request.Host, IsSniDnat: false);
        }
        else if (request.Port is not null || request.Subset is not null)
        {
            throw new UsageException("--port and --subset stand in Envoy's cluster name already; leave them out.");
        }

        var suffix = $".svc.{cluster.ClusterDomain}";
        var parts = (name.Host.EndsWith(suffix, StringComparison.Ordinal) ? name.Host[..^suffix.Length] : name.Host).Split('.');
        if (name.Host.EndsWith($".{mesh.Domain}", StringComparison.Ordinal))
            throw new UsageException($"'{name.Host}' is a global name: its endpoints are those of its ServiceEntry. Ask for the Service itself, NAME.NAMESPACE.");
        if (parts is not [{ Length: > 0 } service, { Length: > 0 } ns])
            throw new UsageException($"'{name.Host}' is no Service: write NAME.NAMESPACE or NAME.NAMESPACE{suffix}.");
        return (name with { Host = $"{service}.{ns}{suffix}" }, new ServiceName(ns, service));
    }
}
