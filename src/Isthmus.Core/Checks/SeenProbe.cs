using Isthmus.Core.Federation;

namespace Isthmus.Core.Checks;

/// <summary>What a TLS connection to a gateway, by the name of an exported service, found from here.</summary>
/// <param name="Address">Where.</param>
/// <param name="IsAnswer">Whether a pod showed its certificate through the gateway.</param>
/// <param name="Detail">It for people.</param>
public sealed record SeenProbe(GatewayAddress Address, bool IsAnswer, string Detail);
