namespace Isthmus.Core.Endpoints;

/// <summary>What becomes of one endpoint for one proxy, and by which rule.</summary>
public readonly record struct EndpointRoute(RouteKind Kind, RouteReason Reason, GatewaySet? Gateways = null);
