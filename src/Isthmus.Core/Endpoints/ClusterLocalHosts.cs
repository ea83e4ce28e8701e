using System.Text.Json.Nodes;
using Isthmus.Core.Injection;

namespace Isthmus.Core.Endpoints;

/// <summary>Istio's clusterLocal: the mesh config's serviceSettings over its default, which keeps the API server and kube-system to their cluster.</summary>
internal static class ClusterLocalHosts
{
    public static bool Includes(JsonObject? meshConfig, string host, string clusterDomain)
    {
        var rules = new List<(string Host, bool Local)> { ($"*.kube-system.svc.{clusterDomain}", true), ($"kubernetes.default.svc.{clusterDomain}", true) };
        foreach (var setting in meshConfig.List("serviceSettings").Objects())
            rules.AddRange((setting.List("hosts") ?? []).Select(entry => entry.AsText()).OfType<string>().Select(entry => (entry, setting.Object("settings").Flag("clusterLocal") == true)));
        // The most specific counts, and of equal ones the user's.
        return rules.Where(rule => rule.Host == host || (rule.Host.StartsWith('*') && host.EndsWith(rule.Host[1..], StringComparison.Ordinal)))
            .Index().OrderBy(entry => entry.Item.Host.Length).ThenBy(entry => entry.Index).Select(entry => entry.Item.Local).LastOrDefault();
    }
}
