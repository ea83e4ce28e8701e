using System.Diagnostics;

namespace Isthmus.Core.Endpoints;

/// <summary>One address of an answer: an endpoint itself, or the gateway in front of several.</summary>
public readonly record struct AssignedEndpoint
{
    private readonly object _target;

    internal AssignedEndpoint(MeshEndpoint endpoint, uint weight, bool takesMtls) => (_target, Weight, TakesMtls) = (endpoint, weight, takesMtls);

    internal AssignedEndpoint(NetworkGateway gateway, uint weight, IReadOnlyDictionary<string, string>? labels = null) =>
        (_target, Weight, TakesMtls, SharedLabels) = (gateway, weight, true, labels);

    public uint Weight { get; private init; }

    /// <summary>Whether the proxy is to use Istio's mutual TLS towards it (rule 9 for gateways).</summary>
    public bool TakesMtls { get; }

    public MeshEndpoint? Endpoint => _target as MeshEndpoint;

    public NetworkGateway? Gateway => _target as NetworkGateway;

    public string Address => _target switch
    {
        MeshEndpoint endpoint => endpoint.Address,
        NetworkGateway gateway => gateway.Address,
        _ => throw new UnreachableException(),
    };

    public int Port => _target switch
    {
        MeshEndpoint endpoint => endpoint.Port,
        NetworkGateway gateway => gateway.Port,
        _ => throw new UnreachableException(),
    };

    /// <summary>What all endpoints behind a gateway have in common, of the labels that were asked for.</summary>
    internal IReadOnlyDictionary<string, string>? SharedLabels { get; }

    internal AssignedEndpoint WithWeight(uint weight) => this with { Weight = weight };
}
