using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// Which DestinationRule counts for a proxy and a host. Istio's order: those of the proxy's namespace, of the service's, of the root namespace; in each the
/// most specific host, then the oldest.
/// </summary>
internal static class RuleChoice
{
    public static TrafficRule? Find(IEnumerable<JsonObject> rules, string host, string serviceNamespace, EndpointProxy proxy, string rootNamespace, string clusterDomain)
    {
        var candidates = rules.Select(rule => (Rule: rule, Namespace: rule.NamespaceName() ?? "", Host: FullHost(rule, clusterDomain)))
            .Where(candidate => Matches(candidate.Host, host) && IsVisible(candidate.Rule, candidate.Namespace, proxy.Namespace))
            .OrderByDescending(candidate => Selects(candidate.Rule) is not null)
            .ThenByDescending(candidate => candidate.Host == host).ThenByDescending(candidate => candidate.Host.Length)
            .ThenBy(candidate => candidate.Rule.Object("metadata").Text("creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(candidate => candidate.Rule.Name(), StringComparer.Ordinal)
            .Where(candidate => Selects(candidate.Rule) is not { } labels || (candidate.Namespace == proxy.Namespace && LabelMatch.Includes(proxy.Labels, labels)))
            .ToList();
        foreach (var place in new[] { proxy.Namespace, serviceNamespace, rootNamespace })
            if (candidates.Find(candidate => candidate.Namespace == place).Rule is { } found) return TrafficRule.Read(found);
        return null;
    }

    /// <summary>Whether a rule is about a host, whoever sees it.</summary>
    public static bool Concerns(JsonObject rule, string host, string clusterDomain) => Matches(FullHost(rule, clusterDomain), host);

    // A short name means a Service of the rule's own namespace; with one dot Istio does not expand it, but people write it, and istioctl warns.
    private static string FullHost(JsonObject rule, string clusterDomain)
    {
        var host = rule.Object("spec").Text("host") ?? "";
        return host.Contains('.', StringComparison.Ordinal) || host.StartsWith('*') ? host : $"{host}.{rule.NamespaceName()}.svc.{clusterDomain}";
    }

    private static bool Matches(string pattern, string host) =>
        pattern == host || (pattern.StartsWith('*') && host.EndsWith(pattern[1..], StringComparison.Ordinal));

    private static ImmutableArray<KeyValuePair<string, string>>? Selects(JsonObject rule) =>
        rule.Object("spec").Object("workloadSelector").StringMap("matchLabels") is { Count: > 0 } labels ? [.. labels] : null;

    private static bool IsVisible(JsonObject rule, string own, string client)
    {
        var exported = (rule.Object("spec").List("exportTo") ?? []).Select(entry => entry.AsText()).OfType<string>().ToList();
        return exported.Count == 0 || exported.Contains("*") || exported.Contains(client) || (exported.Contains(".") && own == client);
    }
}
