using System.Collections.Frozen;

namespace Isthmus.Core.Endpoints;

/// <summary>One endpoint of one service port, as its cluster reports it. Compared by reference: an observation makes it once and shares it.</summary>
public sealed class MeshEndpoint
{
    /// <summary>Istio's word for an endpoint whose sidecar takes Istio's mutual TLS.</summary>
    public const string IstioTls = "istio";

    internal static readonly FrozenDictionary<string, string> NoLabels = FrozenDictionary<string, string>.Empty;

    /// <summary>An IP address; empty where it is not known here and only a gateway knows it.</summary>
    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>Empty where nothing says on which network it is.</summary>
    public string Network { get; init; } = "";

    public string Cluster { get; init; } = "";

    /// <summary><c>region/zone/subzone</c>, or empty.</summary>
    public string Locality { get; init; } = "";

    /// <summary>0 stands for unset and counts as 1.</summary>
    public uint Weight { get; init; }

    /// <summary><see cref="IstioTls"/>, <c>disabled</c> or empty: the label <c>security.istio.io/tlsMode</c>.</summary>
    public string TlsMode { get; init; } = "";

    public EndpointHealth Health { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels;

    public string Namespace { get; init; } = "";

    public string Workload { get; init; } = "";

    /// <summary>The node of its pod, for services that are local to a node.</summary>
    public string Node { get; init; } = "";

    /// <summary>The name of the service port that it serves.</summary>
    public string PortName { get; init; } = "";

    /// <summary>False where other proxies must not see it (Istio's discoverability policy).</summary>
    public bool Discoverable { get; init; } = true;

    /// <summary>The outcome of the mutual TLS policies where it was recorded; else <see cref="MtlsPolicy"/> works it out.</summary>
    public bool? MtlsDisabled { get; init; }

    internal uint EffectiveWeight => Weight == 0 ? 1 : Weight;
}
