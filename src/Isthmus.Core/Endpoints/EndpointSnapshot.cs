namespace Isthmus.Core.Endpoints;

/// <summary>Everything that one answer depends on, written down: what <c>isthmus endpoints --snapshot</c> reads.</summary>
public sealed class EndpointSnapshot
{
    public required EndpointQuery Query { get; init; }

    public required IReadOnlyList<MeshEndpoint> Endpoints { get; init; }

    public required GatewayTable Gateways { get; init; }

    public required EndpointProxy Proxy { get; init; }

    public EndpointSnapshot With(GatewayTable gateways) => new() { Query = Query, Endpoints = Endpoints, Gateways = gateways, Proxy = Proxy };

    /// <summary>The same for a proxy that gets the same answer.</summary>
    internal EndpointSnapshot For(EndpointProxy proxy) => new() { Query = Query, Endpoints = Endpoints, Gateways = Gateways, Proxy = proxy };

    public LoadAssignment Assign() => SplitHorizon.Assign(Query, Endpoints, Gateways, Proxy);
}
