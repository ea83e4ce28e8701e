using System.Text.Encodings.Web;
using System.Text.Json;
using Isthmus.Core.Endpoints;

namespace Isthmus.Cli.Endpoints;

/// <summary>An answer as JSON, or what becomes of each endpoint in words: an endpoint a line.</summary>
internal static class EndpointsText
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer in one line of JSON.</summary>
    public static string Answer(EndpointSnapshot snapshot) => AssignmentJson.Write(snapshot.Assign(), snapshot.Proxy).ToJsonString(Plain);

    public static IEnumerable<string> Explain(EndpointSnapshot snapshot)
    {
        var routes = SplitHorizon.Explain(snapshot.Query, snapshot.Endpoints, snapshot.Gateways, snapshot.Proxy);
        return snapshot.Endpoints.Zip(routes, (endpoint, route) => $"{Name(endpoint)}: {Verdict(route)}");
    }

    private static string Name(MeshEndpoint endpoint)
    {
        var address = endpoint.Address.Length == 0 ? "(no address)" : endpoint.Address;
        var place = string.Join(", ", new[] { endpoint.Cluster, endpoint.Network, endpoint.Locality }.Where(part => part.Length > 0));
        return $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{endpoint.Port} ({place})";
    }

    private static string Verdict(EndpointRoute route) => route switch
    {
        { Kind: RouteKind.Direct } => $"direct; {route.Reason.Describe()}",
        { Gateways: { } set } => $"behind {string.Join(", ", set.Gateways)}; {route.Reason.Describe()}",
        _ => $"left out; {route.Reason.Describe()}",
    };
}
