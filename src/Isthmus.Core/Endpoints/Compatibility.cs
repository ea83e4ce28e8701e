namespace Isthmus.Core.Endpoints;

/// <summary>Whose answer is wanted: the right one, or Istio's with its known faults.</summary>
public enum Compatibility
{
    /// <summary>Each cluster gets its share of the traffic: istio#56355, istio#40568 and istio#49500 mended.</summary>
    None,
    /// <summary>What istiod 1.14 and its successors up to 2024 answer.</summary>
    Istio,
    /// <summary>As <see cref="Istio"/>, but a proxy without network goes through gateways, as since 2025.</summary>
    Istio2025,
}
