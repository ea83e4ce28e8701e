using Isthmus.Core.Mesh;

namespace Isthmus.Core.Webhooks;

/// <summary>The Service of the small TLS proxy by which a cluster's API server and proxies reach our functions, with <c>webhook: {reach: relay}</c>.</summary>
public static class RelayService
{
    public const string Name = "isthmus-relay";
    public const string Namespace = SystemNamespaces.Isthmus;
    public const int Port = 443;

    /// <summary>The name that API servers ask for by TLS, and that the relay's certificate holds.</summary>
    public const string ServerName = $"{Name}.{Namespace}.svc";

    /// <summary>Where a proxy finds it.</summary>
    public static string Host(string clusterDomain) => $"{ServerName}.{clusterDomain}";
}
