using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Endpoints;

/// <summary>Rule 7: whether an endpoint takes Istio's mutual TLS, which alone can pass a gateway.</summary>
public sealed class MtlsPolicy
{
    private readonly TrafficRule? _rule;
    private readonly string _subset;
    private readonly int _servicePort;
    private readonly MtlsMode _meshMode;
    private readonly ImmutableDictionary<string, PeerPolicy> _namespaces;
    private readonly ImmutableArray<PeerPolicy> _workloads;

    public MtlsPolicy(EnvoyClusterName cluster, TrafficRule? rule, IEnumerable<JsonObject> peerAuthentications, string rootNamespace)
    {
        (_rule, _subset, _servicePort) = (rule, cluster.Subset, cluster.Port);
        var oldestFirst = peerAuthentications.Select(PeerPolicy.Read)
            .OrderBy(policy => policy.Created, StringComparer.Ordinal).ThenBy(policy => policy.Name, StringComparer.Ordinal).ToList();
        var namespaces = ImmutableDictionary.CreateBuilder<string, PeerPolicy>(StringComparer.Ordinal);
        foreach (var policy in oldestFirst.Where(policy => policy.Selector.IsEmpty)) namespaces.TryAdd(policy.Namespace, policy);
        _meshMode = namespaces.TryGetValue(rootNamespace, out var root) ? root.Mode : MtlsMode.Unset;
        _namespaces = namespaces.ToImmutable();
        // Istio ignores a selector in the root namespace here.
        _workloads = [.. oldestFirst.Where(policy => !policy.Selector.IsEmpty && policy.Namespace != rootNamespace)];
    }

    /// <summary>Why an endpoint cannot be reached by mutual TLS, or null where it can.</summary>
    internal RouteReason? Refusal(MeshEndpoint endpoint)
    {
        if (endpoint.MtlsDisabled is { } recorded) return recorded ? RouteReason.MtlsDisabled : null;
        if (_rule?.IsMutual(endpoint, _subset, _servicePort) is { } mutual) return mutual ? null : RouteReason.DestinationRuleNotMutual;
        if (endpoint.TlsMode != MeshEndpoint.IstioTls) return RouteReason.EndpointWithoutMtls;
        return ModeOf(endpoint) == MtlsMode.Disable ? RouteReason.PeerAuthenticationDisabled : null;
    }

    private MtlsMode ModeOf(MeshEndpoint endpoint)
    {
        var mode = _meshMode;
        if (_namespaces.TryGetValue(endpoint.Namespace, out var own) && own.Mode != MtlsMode.Unset) mode = own.Mode;
        foreach (var policy in _workloads)
        {
            if (policy.Namespace != endpoint.Namespace || !policy.Selects(endpoint)) continue;
            if (policy.Mode != MtlsMode.Unset) mode = policy.Mode;
            return policy.Ports.TryGetValue(endpoint.Port, out var ofPort) && ofPort != MtlsMode.Unset ? ofPort : mode;
        }
        return mode;
    }
}
