using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Relay;

/// <summary>Where nginx finds and puts things: as in the pod, unless a test runs it elsewhere.</summary>
public sealed record RelayPlace
{
    /// <summary>The folder of the two Secrets' volume.</summary>
    public string Files { get; init; } = "/etc/isthmus-relay";

    /// <summary>A folder that may be written.</summary>
    public string Scratch { get; init; } = "/tmp";

    /// <summary>Where it logs what was not answered.</summary>
    public string Log { get; init; } = "/dev/stdout";

    public int Port { get; init; } = 8443;

    /// <summary>On loopback: the way out, which looks names up again.</summary>
    public int WayOutPort { get; init; } = 8444;

    /// <summary>The cluster's DNS, as <c>ADDRESS</c> or <c>ADDRESS:PORT</c>.</summary>
    public string Resolver { get; init; } = "kube-dns.kube-system.svc.cluster.local";

    public bool IsIPv6 { get; init; }

    /// <summary>In a cluster whose DNS was seen; by its name, which nginx looks up once, where it was not.</summary>
    public static RelayPlace In(JsonObject? clusterDns)
    {
        if (!IPAddress.TryParse(ObjectMetadata.TextOf(clusterDns?["spec"]?["clusterIP"]), out var address))
            return new RelayPlace();
        var text = address.ToString();
        return text.Contains(':', StringComparison.Ordinal) ? new RelayPlace { Resolver = $"[{text}]", IsIPv6 = true } : new RelayPlace { Resolver = text };
    }
}
