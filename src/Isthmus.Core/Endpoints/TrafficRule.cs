using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Endpoints;

/// <summary>A DestinationRule, as far as endpoints depend on it: TLS modes by subset and port, and the labels of its subsets.</summary>
public sealed class TrafficRule
{
    private readonly TlsOfPolicy _rule;
    private readonly ImmutableArray<(string Name, ImmutableArray<KeyValuePair<string, string>> Labels, TlsOfPolicy Tls)> _subsets;

    private TrafficRule(string host, TlsOfPolicy rule, ImmutableArray<(string, ImmutableArray<KeyValuePair<string, string>>, TlsOfPolicy)> subsets, LocalityFailover? failover) =>
        (Host, _rule, _subsets, Failover) = (host, rule, subsets, failover);

    public string Host { get; }

    /// <summary>Namespace and name.</summary>
    public string Name { get; private init; } = "";

    /// <summary>How traffic moves between localities; null where the rule does not let it.</summary>
    public LocalityFailover? Failover { get; }

    public static TrafficRule Read(JsonObject rule)
    {
        var spec = rule.Object("spec");
        var subsets = spec.List("subsets").Objects()
            .Select(subset => (subset.Text("name") ?? "", subset.StringMap("labels").ToImmutableArray(), TlsOfPolicy.Read(subset.Object("trafficPolicy"))));
        var policy = spec.Object("trafficPolicy");
        return new TrafficRule(spec.Text("host") ?? "", TlsOfPolicy.Read(policy), [.. subsets], LocalityFailover.Read(policy)) { Name = $"{rule.NamespaceName()}/{rule.Name()}" };
    }

    /// <summary>The labels that a subset selects; null where the rule has no such subset.</summary>
    public ImmutableArray<KeyValuePair<string, string>>? Subset(string name)
    {
        foreach (var subset in _subsets)
            if (subset.Name == name) return subset.Labels;
        return null;
    }

    /// <summary>Whether the rule asks for Istio's mutual TLS; null where it says nothing. Rule 7: subset port, subset, rule port, rule.</summary>
    internal bool? IsMutual(MeshEndpoint endpoint, string subsetName, int servicePort)
    {
        foreach (var subset in _subsets)
        {
            var applies = subsetName.Length > 0 ? subset.Name == subsetName : LabelMatch.Includes(endpoint.Labels, subset.Labels);
            if (applies && subset.Tls.IsMutual(servicePort) is { } mutual) return mutual;
        }
        return _rule.IsMutual(servicePort);
    }

}
